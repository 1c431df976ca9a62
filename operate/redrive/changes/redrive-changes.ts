import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import colors from 'picocolors';
import { say } from '../../language.ts';
import { type DeadLetter, hold, release, remove } from '../dead-letters.ts';
import type { Redriven } from '../redrive.ts';
import { type FailedBatch, readFailedBatch } from './failed-batch.ts';
import { handOver } from './hand-over.ts';
import { readAgain } from './stream-records.ts';

/** What failed changes to bring again, and where to tell of it. */
export interface RedriveChangesOptions {
  readonly sqs: SQSClient;
  readonly streams: DynamoDBStreamsClient;
  readonly lambda: LambdaClient;
  readonly deadLetterQueueUrl: string;
  /** Whether positions are taken off the queue whose changes are gone. */
  readonly all: boolean;
  readonly dryRun: boolean;
  readonly print: (line: string) => void;
}

type Fate = 'taken' | 'there' | 'gone' | 'failed' | 'foreign';

/**
 * Brings changes of the table again that publish-changes failed to take in: the queue says where they stand in the table's stream. What was
 * published before has the same event id. `ended`: nothing is left that another try could help.
 */
export async function redriveChanges(options: RedriveChangesOptions): Promise<Redriven> {
  const { sqs, deadLetterQueueUrl, print } = options;
  const letters = await hold(sqs, deadLetterQueueUrl);
  print(
    colors.bold(say(`${letters.length} failed batches of changes`, `处理失败的变更 ${letters.length} 批`)),
  );
  const fates = new Map<DeadLetter, Fate>();
  try {
    for (const letter of letters) fates.set(letter, await deal(options, letter));
  } finally {
    const done = letters.filter((letter) => isDone(fates.get(letter), options));
    const kept = letters.filter((letter) => !done.includes(letter));
    await remove(sqs, deadLetterQueueUrl, done);
    await release(sqs, deadLetterQueueUrl, kept);
  }
  const count = (fate: Fate) => [...fates.values()].filter((each) => each === fate).length;
  if (options.dryRun) print(say('Dry run: nothing was handed over.', '只查看，未处理。'));
  if (count('taken') > 0)
    print(colors.green(say(`${count('taken')} taken in`, `已补处理 ${count('taken')} 批`)));
  if (count('gone') > 0) print(GONE + (options.all ? '' : TAKE_OFF));
  if (count('failed') > 0) print(FAILED);
  return {
    ended: count('failed') === 0,
    moved: count('taken'),
    letters: letters.map((letter) => ({ id: letter.id, about: fates.get(letter) ?? 'failed' })),
  };
}

const GONE = say(
  'The stream keeps changes for 24 hours. What is gone was not published; grants, messages and statistics are not touched by that (npm run audit).',
  '数据流只保留 24 小时：已消失的变更不再发布；授权、消息和统计不受影响。',
);
const TAKE_OFF = say(' --all takes their positions off the queue.', '用 --all 把这些记录从队列中删除。');
const FAILED = say(
  'What failed is still in the queue: see the log of publish-changes, then run it again.',
  '失败的仍在队列中：请查看 publish-changes 的日志后重试。',
);

function isDone(fate: Fate | undefined, { all, dryRun }: RedriveChangesOptions): boolean {
  return !dryRun && (fate === 'taken' || (all && (fate === 'gone' || fate === 'foreign')));
}

async function deal(options: RedriveChangesOptions, { id, body }: DeadLetter): Promise<Fate> {
  const { streams, lambda, dryRun, print } = options;
  const batch = readFailedBatch(body);
  if (!batch) {
    print(`  ${colors.yellow(say(`no failure of a stream: ${id}`, `不是数据流的失败记录：${id}`))}`);
    return 'foreign';
  }
  const records = await readAgain(streams, batch);
  if (!records) {
    print(`  ${facts(batch)}: ${colors.red(say('gone', '已消失'))}`);
    return 'gone';
  }
  const refused = dryRun ? undefined : await handOver(lambda, batch.functionArn, records);
  if (refused !== undefined) {
    print(
      `  ${facts(batch)}: ${colors.red(say('failed again', '再次失败'))} ${colors.dim(refused.slice(0, 200))}`,
    );
    return 'failed';
  }
  print(
    `  ${facts(batch)}: ${dryRun ? say('still there', '仍可补处理') : colors.green(say('taken in', '已补处理'))}`,
  );
  return dryRun ? 'there' : 'taken';
}

function facts({ count, since, shardId }: FailedBatch): string {
  return say(
    `${count} ${count === 1 ? 'change' : 'changes'}, ${since}, ${shardId}`,
    `${count} 条变更，${since}，${shardId}`,
  );
}
