// Tells one message's story from the table and the logs.
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { createConsoleLogger } from '../lib/console-logger.ts';
import { openidOf } from '../lib/messages/message-id.ts';
import { createMessageStore } from '../lib/table/message-store.ts';
import { openTable } from '../lib/wiring/aws.ts';
import type { Environment } from '../lib/wiring/cold-start.ts';
import { awsEnvironment } from './aws-environment.ts';
import { CommandError, print, progress, readWords, runCommand } from './command-line.ts';
import { findStage } from './deployed-stage.ts';
import { readLogs } from './logs/read-logs.ts';
import { type Happening, standing, storyInTable } from './logs/story.ts';
import { both, HELP, lineOf } from './logs/texts.ts';

/** Clocks differ, and a line is written a little after what it tells of. */
const MARGIN_MS = 5 * 60_000;

await runCommand(async () => {
  const { values: options, positionals } = readWords('logs', process.argv.slice(2), {
    stage: { type: 'string' },
    region: { type: 'string' },
    table: { type: 'string' },
    'app-id': { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (options.help) {
    print(HELP);
    return 0;
  }
  const messageId = idIn(positionals);
  const { stage, name, appId, env } = await findTable(options);
  const table = openTable(env, name, appId);
  const nothing = () => undefined;
  const store = createMessageStore(table, {
    newVersion: () => '',
    clock: Date.now,
    logger: createConsoleLogger({ write: nothing }),
  });
  const { message: stored, ledger } = await store.load(messageId).finally(() => table.client.destroy());
  if (!stored) {
    throw new CommandError(
      `The table ${name} knows no message ${messageId}. Check the id, and the stage. 表中没有这条消息，请检查编号和 stage。`,
    );
  }
  const [message, { claim }, nowMs] = [stored.value, ledger.value, Date.now()];
  const logged = stage === undefined ? [] : await logsOf(env, stage, messageId, message.createdAtMs);
  const story = [...storyInTable(message, claim, nowMs), ...logged].toSorted((a, b) => a.atMs - b.atMs);
  const now = standing(message, claim, nowMs);
  if (options.json) print(JSON.stringify({ messageId, ...now, story }));
  else {
    for (const happening of story) print(lineOf(happening));
    print(`\n${now.status}: ${both(now.says)}`);
    if (now.remedy) print(both(now.remedy));
  }
  return 0;
});

function idIn(positionals: readonly string[]): string {
  const [messageId, ...more] = positionals;
  if (messageId === undefined || more.length > 0 || openidOf(messageId) === undefined) {
    throw new CommandError(
      'Give the id of one message, as the API answers it (msg_…). 请给出一条消息的编号（msg_…）。',
    );
  }
  return messageId;
}

async function findTable(options: { stage?: string; region?: string; table?: string; 'app-id'?: string }) {
  const { stage, region, table, 'app-id': named } = options;
  if ((stage === undefined) === (table === undefined)) {
    throw new CommandError('Give either --stage NAME or --table NAME. 请给出 --stage 或 --table 之一。');
  }
  const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, WECHAT_APP_ID } = process.env;
  const endpoint = AWS_ENDPOINT_URL_DYNAMODB ?? AWS_ENDPOINT_URL;
  const env = awsEnvironment(process.env, { region, endpoint });
  const deployed = stage === undefined ? undefined : await findStage(env, stage);
  const appId = named ?? deployed?.appId ?? WECHAT_APP_ID;
  if (!appId) {
    throw new CommandError('Give the mini program: --app-id APPID. 请用 --app-id 给出小程序的 AppID。');
  }
  return { stage, name: deployed?.tableName ?? table ?? '', appId, env };
}

async function logsOf(
  env: Environment,
  stage: string,
  id: string,
  createdAtMs: number,
): Promise<readonly Happening[]> {
  const client = new CloudWatchLogsClient({ region: env['AWS_REGION'] ?? '' });
  try {
    return await readLogs(client, {
      stage,
      id,
      fromMs: createdAtMs - MARGIN_MS,
      toMs: Date.now() + MARGIN_MS,
      reading: (name) => progress(`reading the logs of ${name} 正在读取日志`),
    });
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    progress('');
    process.stderr.write(
      `The logs cannot be read, here is what the table tells. 无法读取日志，仅显示表中的记录。${reason}\n`,
    );
    return [];
  } finally {
    progress('');
    client.destroy();
  }
}
