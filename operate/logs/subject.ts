import { readRecipient } from '../../lib/campaigns/runs/read-run.ts';
import { isRunId, runStartsAtMs } from '../../lib/campaigns/runs/run.ts';
import type { Clock } from '../../lib/clock.ts';
import { createMessageStore } from '../../lib/dynamodb/dynamodb-message-store.ts';
import { createRunStore } from '../../lib/dynamodb/dynamodb-run-store.ts';
import type { Table } from '../../lib/dynamodb/table.ts';
import type { Logger } from '../../lib/logger.ts';
import { type Message, openidOf } from '../../lib/messages/message.ts';
import type { MessageStore } from '../../lib/messages/message-store.ts';
import { UsageError } from '../command-line.ts';
import { say } from '../language.ts';
import { recipientStanding, recipientStory } from './recipient-story.ts';
import { type Happening, type Standing, standing, storyInTable } from './story.ts';

/** Whose story is told: a message's, or, with an openid, that of a recipient of a run. */
export interface Subject {
  readonly id: string;
  readonly openid?: string;
}

/** What the table knows of a subject. */
export interface SubjectInTable {
  readonly happened: readonly Happening[];
  readonly standing: Standing;
  /** Nothing was logged about it before. */
  readonly sinceMs: number;
}

/** Reads what is asked for off the command line. @throws CommandError saying what to give */
export function subjectIn(words: readonly string[], openid: string | undefined): Subject {
  const [id = '', ...more] = words;
  if (more.length === 0 && isRunId(id)) {
    if (openid) return { id, openid };
    throw new UsageError(
      say(
        'Whose? Add --openid OPENID; the run as a whole is told by npm run campaign.',
        '请加 --openid 指定收件人；整次群发请看 npm run campaign。',
      ),
    );
  }
  if (more.length === 0 && openid === undefined && openidOf(id) !== undefined) return { id };
  throw new UsageError(
    say(
      'Give the id of one message, as the API answers it (msg_…), or of a run (run_…) with --openid.',
      '请给出一条消息的编号（msg_…），或群发编号（run_…）加 --openid。',
    ),
  );
}

/** Reads a subject; undefined for one that the table does not have. */
export async function readSubject(
  { table, logger, clock }: { table: Table; logger: Logger; clock: Clock },
  { id, openid }: Subject,
): Promise<SubjectInTable | undefined> {
  // Nothing is written, so no version is ever made.
  const versions = { newVersion: () => '', clock, logger };
  if (openid !== undefined) {
    const recipient = await readRecipient({ runs: createRunStore(table, versions) }, id, openid);
    return (
      recipient && {
        happened: recipientStory(id, recipient),
        standing: recipientStanding(recipient),
        sinceMs: runStartsAtMs(id),
      }
    );
  }
  const store = createMessageStore(table, versions);
  const { message, ledger } = await store.load(id);
  if (!message) return undefined;
  const { claim } = ledger.value;
  return {
    happened: storyInTable(message.value, claim, clock(), await replacedBy(store, message.value)),
    standing: standing(message.value, claim, clock()),
    sinceMs: message.value.createdAtMs,
  };
}

/** So many of the user's messages before it are looked through. */
const LOOKED_THROUGH = 100;

/** The messages whose place a message took. They say so, and it does not. */
async function replacedBy(
  store: Pick<MessageStore, 'listOfUser'>,
  { id, openid, collapseKey }: Message,
): Promise<readonly string[]> {
  if (collapseKey === undefined) return [];
  const { items } = await store.listOfUser(openid, LOOKED_THROUGH, id);
  return items.flatMap(({ value }) => (value.collapsedInto === id ? [value.id] : []));
}
