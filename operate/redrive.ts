// Moves what lies in a dead-letter queue back to where it came from.

import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig, openBus } from '../lib/runtime/aws.ts';
import type { Environment } from '../lib/settings/settings.ts';
import { unknown } from './argument-faults.ts';
import { awsEnvironment } from './aws-environment.ts';
import { CommandError, print, progress, runCommand, UsageError } from './command-line.ts';
import { type DeployedStage, findStage } from './deployed-stage.ts';
import { listed, say } from './language.ts';
import { findRunningStack, type RunningStack } from './logs/running-stack.ts';
import { redriveChanges } from './redrive/changes/redrive-changes.ts';
import { type Redriven, redrive } from './redrive/redrive.ts';
import { redriveWebhook } from './redrive/redrive-webhook.ts';
import { USAGE } from './redrive/texts.ts';

const CHANGES = 'changes';
const WEBHOOK = 'webhook';

await runCommand(USAGE, async (options) => {
  const how = { all: options.all, dryRun: options['dry-run'], print: options.json ? () => undefined : print };
  const done = await redriveOf(options, how);
  if (options.json) print(JSON.stringify({ queue: options.queue ?? 'send', dryRun: how.dryRun, ...done }));
  return done.ended ? 0 : 1;
});

interface How {
  readonly all: boolean;
  readonly dryRun: boolean;
  readonly print: (line: string) => void;
}

async function redriveOf(options: Where, how: How): Promise<Redriven> {
  if (options.queue === CHANGES) return changesAgain(options, how);
  if (options.queue === WEBHOOK) return webhookAgain(options, how);
  const { queues, env } = await findQueues(options);
  const sqs = new SQSClient(queueConfig(env));
  try {
    return await redrive({ ...queues, ...how, sqs, clock: Date.now, progress });
  } finally {
    sqs.destroy();
  }
}

/** The options that say which queue. */
interface Where {
  readonly stage?: string;
  readonly queue?: string;
  readonly region?: string;
  readonly local: boolean;
  readonly 'queue-url'?: string;
  readonly 'dead-letter-queue-url'?: string;
}

/** The queue that holds positions in the table's stream instead of jobs. */
async function changesAgain(options: Where, how: How): Promise<Redriven> {
  const { stage, region, 'dead-letter-queue-url': named } = options;
  if ((stage === undefined) === (named === undefined) || options['queue-url'] !== undefined) {
    throw new UsageError(
      say(
        'For changes give --stage NAME, or --dead-letter-queue-url alone.',
        '处理 changes 时请给出 --stage，或只给出 --dead-letter-queue-url。',
      ),
    );
  }
  const env = named === undefined ? awsEnvironment(process.env, { region }) : queueEnvironment(named, region);
  const url = named ?? (await findStage(env, stage ?? '')).changesDeadLetterQueueUrl;
  if (url === undefined) {
    throw new CommandError(
      say(
        `The stage ${stage} was deployed before this queue had an output: deploy it again.`,
        `部署 ${stage} 时还没有这个队列的输出，请重新部署该环境。`,
      ),
    );
  }
  const sqs = new SQSClient(queueConfig(env));
  const lambda = new LambdaClient(clientConfig(env, 'LAMBDA'));
  const streams = new DynamoDBStreamsClient(clientConfig(env, 'DYNAMODB_STREAMS'));
  try {
    return await redriveChanges({ ...how, sqs, lambda, streams, deadLetterQueueUrl: url });
  } finally {
    for (const client of [sqs, lambda, streams]) client.destroy();
  }
}

/** What the webhook did not take, which goes back to the bus and not to a queue. */
async function webhookAgain(options: Where, how: How): Promise<Redriven> {
  const { env, busName, deadLetterQueueUrl } = await findWebhook(options);
  const sqs = new SQSClient(queueConfig(env));
  const bus = openBus(env);
  try {
    return await redriveWebhook({ ...how, sqs, bus, busName, deadLetterQueueUrl });
  } finally {
    for (const client of [sqs, bus]) client.destroy();
  }
}

async function findWebhook({ stage, region, local, ...named }: Where) {
  if (
    named['queue-url'] !== undefined ||
    named['dead-letter-queue-url'] !== undefined ||
    (stage === undefined) !== local
  ) {
    throw new UsageError(
      say('For webhook give --stage NAME or --local.', '处理 webhook 时请给出 --stage 或 --local。'),
    );
  }
  if (stage === undefined) {
    const { queueUrls, busEndpoint } = await runningStack();
    const deadLetterQueueUrl = queueUrls['WebhookDeadLetterQueue'] ?? '';
    const env = {
      ...queueEnvironment(deadLetterQueueUrl, region),
      AWS_ENDPOINT_URL_EVENTBRIDGE: busEndpoint,
    };
    return { env, busName: 'local', deadLetterQueueUrl };
  }
  const env = awsEnvironment(process.env, { region });
  const { webhook } = await findStage(env, stage);
  if (webhook) return { env, ...webhook };
  throw new CommandError(
    say(
      `The stage ${stage} has no webhook: deploy it with WEBHOOK_URL (docs/en/events.md).`,
      `环境 ${stage} 没有配置 webhook：请带 WEBHOOK_URL 部署，见 docs/zh/events.md。`,
    ),
  );
}

function runningStack(): Promise<RunningStack> {
  return findRunningStack(process.env['PORT'] || '3000');
}

async function findQueues({ stage, queue, region, local, ...named }: Where) {
  const { 'queue-url': queueUrl, 'dead-letter-queue-url': deadLetterQueueUrl } = named;
  const isDirect = queueUrl !== undefined && deadLetterQueueUrl !== undefined;
  const ways = [stage !== undefined, local, queueUrl !== undefined || deadLetterQueueUrl !== undefined];
  if (ways.filter(Boolean).length !== 1 || (isDirect && queue !== undefined) || (ways[2] && !isDirect)) {
    throw new UsageError(
      say(
        'Give --stage NAME, --local, or both --queue-url and --dead-letter-queue-url.',
        '请给出 --stage 或 --local，或同时给出两个队列地址。',
      ),
    );
  }
  if (stage !== undefined) {
    const env = awsEnvironment(process.env, { region });
    return { queues: queueNamed((await findStage(env, stage)).queues, queue ?? 'send'), env };
  }
  const queues = isDirect
    ? { queueUrl, deadLetterQueueUrl }
    : queueNamed(localQueues(await runningStack()), queue ?? 'send');
  return { queues, env: queueEnvironment(queues.deadLetterQueueUrl, region) };
}

function localQueues({ queueUrls }: RunningStack): DeployedStage['queues'] {
  const named = ['Send', 'Event', 'Campaign'].map((name) => {
    const [queueUrl = '', deadLetterQueueUrl = ''] = [
      queueUrls[`${name}Queue`],
      queueUrls[`${name}DeadLetterQueue`],
    ];
    return [name.toLowerCase(), { queueUrl, deadLetterQueueUrl }] as const;
  });
  return Object.fromEntries(named);
}

/** Queues are asked at the endpoint, which need not be the host in their address. */
function queueConfig(env: Environment) {
  return { ...clientConfig(env, 'SQS'), useQueueUrlAsEndpoint: false };
}

/** A queue lives where its address says, the local ones too. */
function queueEnvironment(deadLetterQueueUrl: string, region: string | undefined): Environment {
  const endpoint = process.env['AWS_ENDPOINT_URL_SQS'] ?? originOf(deadLetterQueueUrl);
  const where = { region: region ?? regionIn(deadLetterQueueUrl), endpoint };
  return { ...awsEnvironment(process.env, where), AWS_ENDPOINT_URL_SQS: endpoint };
}

function queueNamed(queues: DeployedStage['queues'], name: string) {
  const found = queues[name];
  if (found) return found;
  const names = [...Object.keys(queues), CHANGES, WEBHOOK];
  throw new UsageError(`${unknown('queue', name, names)} ${say('There are', '可用')}: ${listed(names)}`);
}

function originOf(url: string): string {
  if (URL.canParse(url)) return new URL(url).origin;
  throw new UsageError(say(`"${url}" is no address of a queue.`, `“${url}”不是队列地址。`));
}

function regionIn(url: string): string | undefined {
  return /\bsqs\.([a-z0-9-]+)\.amazonaws\./.exec(url)?.[1];
}
