// Brings the stack's table back to what a restored copy of it holds.

import { openDynamoDb, openQueue } from '../lib/runtime/aws.ts';
import type { Environment } from '../lib/settings/settings.ts';
import { awsEnvironment } from './aws-environment.ts';
import { CommandError, print, progress, runCommand, UsageError, wholeNumber } from './command-line.ts';
import { findStage } from './deployed-stage.ts';
import { say } from './language.ts';
import { restore } from './restore/restore.ts';
import { linesOf, progressLine, USAGE } from './restore/texts.ts';

const PROGRESS_EVERY_MS = 250;

/** What they hold is of pending sends. What WeChat pushed is not: that queue is left as it is. */
const QUEUES_TO_EMPTY = ['send', 'campaign'];

await runCommand(USAGE, async (options) => {
  const { from, write } = options;
  const segments = wholeNumber('segments', options.segments, 1);
  if (from === undefined)
    throw new UsageError(say('Give --from TABLE, the restored copy.', '请用 --from 给出副本表。'));
  const { into, appId, queueUrls, env } = await findPlace(options);
  if (from === into)
    throw new UsageError(say(`--from is the table itself, ${into}.`, `--from 不能是数据表 ${into} 本身。`));
  const client = openDynamoDb(env);
  const sqs = openQueue(env);
  let shownAtMs = 0;
  const summary = await restore({
    client,
    sqs,
    from,
    into,
    ...(appId !== undefined && { appId }),
    queueUrls,
    write,
    segments,
    step(step, count) {
      if (Date.now() - shownAtMs < PROGRESS_EVERY_MS) return;
      shownAtMs = Date.now();
      progress(progressLine(step, count));
    },
  });
  client.destroy();
  sqs.destroy();
  progress('');
  if (options.json) print(JSON.stringify({ table: into, from, write, ...summary }));
  else for (const line of linesOf(summary, write)) print(line);
  return summary.problems.length === 0 ? 0 : 1;
});

async function findPlace(options: {
  readonly stage?: string;
  readonly region?: string;
  readonly table?: string;
  readonly 'queue-url'?: readonly string[];
}): Promise<{ into: string; appId: string | undefined; queueUrls: readonly string[]; env: Environment }> {
  const { stage, region, table, 'queue-url': queueUrls = [] } = options;
  if ((stage === undefined) === (table === undefined) || (stage !== undefined && queueUrls.length > 0)) {
    throw new UsageError(
      say(
        'Give either --stage NAME, or --table NAME and its queues.',
        '请给出 --stage，或给出 --table 及其队列。',
      ),
    );
  }
  const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, WECHAT_APP_ID } = process.env;
  const endpoint = AWS_ENDPOINT_URL_DYNAMODB ?? AWS_ENDPOINT_URL;
  const env = awsEnvironment(process.env, { region, endpoint });
  const named = { into: table ?? '', appId: WECHAT_APP_ID || undefined };
  if (stage === undefined) return { ...named, queueUrls, env };
  const { tableName, appId, queues } = await findStage(env, stage);
  return {
    into: tableName,
    appId,
    queueUrls: QUEUES_TO_EMPTY.flatMap((name) => queueUrlsOf(queues[name], name)),
    env,
  };
}

function queueUrlsOf(queue: { queueUrl: string; deadLetterQueueUrl: string } | undefined, name: string) {
  if (queue) return [queue.queueUrl, queue.deadLetterQueueUrl];
  throw new CommandError(
    say(
      `The stage was deployed before its queue "${name}" had an output: deploy it again.`,
      `部署时还没有队列“${name}”的输出，请重新部署该环境。`,
    ),
  );
}
