import type { Table } from '../lib/dynamodb/table.ts';
import { openDynamoDb } from '../lib/runtime/aws.ts';
import { createConsoleLogger } from '../lib/runtime/console-logger.ts';
import { CommandError, print, runCommand } from './command-line.ts';
import { inLanguage, say } from './language.ts';
import { findPlace, type Place } from './logs/place.ts';
import { readSubject, type Subject, subjectIn } from './logs/subject.ts';
import { lineOf, USAGE } from './logs/texts.ts';
import { assertInTable } from './table-apps.ts';

// Tells one message's story from the table and the logs.

await runCommand(USAGE, async (options, positionals) => {
  const subject = subjectIn(positionals, options.openid);
  const place = await findPlace(options);
  const { appId, happened, standing, sinceMs } = await read(place, subject);
  const logged = await place.logsAbout(subject.id, sinceMs);
  const story = [...happened, ...logged].toSorted((a, b) => a.atMs - b.atMs);
  if (options.json) print(JSON.stringify({ id: subject.id, appid: appId, ...standing, story }));
  else {
    for (const happening of story) print(lineOf(happening));
    if (appId !== place.appId) print(say(`\nof the mini program ${appId}`, `\n所属小程序：${appId}`));
    print(`\n${standing.status}: ${inLanguage(standing.says)}`);
    if (standing.remedy) print(inLanguage(standing.remedy));
  }
  return 0;
});

/** In the mini program that is named, or the stage's first, and else in the others. */
async function read(place: Place, subject: Subject) {
  const client = openDynamoDb(place.env);
  // What a store would log is no line of the story.
  const logger = createConsoleLogger({ write: () => undefined });
  const readIn = async (appId: string) => {
    const table: Table = { client, name: place.tableName, appId };
    const found = await readSubject({ table, logger, clock: Date.now }, subject);
    return found && { appId, ...found };
  };
  try {
    const found = await readIn(place.appId);
    if (found) return found;
    for (const appId of await place.otherAppIds()) {
      const inOther = await readIn(appId);
      if (inOther) return inOther;
    }
    if (place.isNamed) await assertInTable({ client, name: place.tableName, appId: place.appId });
  } finally {
    client.destroy();
  }
  throw new CommandError(
    subject.openid === undefined
      ? say(
          `The table ${place.tableName} knows no message ${subject.id}. Check the id, and the stage.`,
          `表 ${place.tableName} 中没有消息 ${subject.id}，请检查编号和环境。`,
        )
      : say(
          `The run ${subject.id} has no recipient ${subject.openid}, or has not planned them yet.`,
          `群发 ${subject.id} 没有收件人 ${subject.openid}，或尚未安排到。`,
        ),
  );
}
