// Moves what lies in a dead-letter queue back to where it came from.
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../lib/runtime/aws.ts';
import type { Environment } from '../lib/settings/settings.ts';
import { unknown } from './argument-faults.ts';
import { awsEnvironment } from './aws-environment.ts';
import { CommandError, print, progress, runCommand, UsageError } from './command-line.ts';
import { type DeployedStage, findStage } from './deployed-stage.ts';
import { redriveChanges } from './redrive/changes/redrive-changes.ts';
import { redrive } from './redrive/redrive.ts';
import { HELP } from './redrive/texts.ts';

const CHANGES = 'changes';

const OPTIONS = {
  stage: { type: 'string' },
  queue: { type: 'string' },
  region: { type: 'string' },
  'queue-url': { type: 'string' },
  'dead-letter-queue-url': { type: 'string' },
  all: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
} as const;

await runCommand({ name: 'redrive', help: HELP, options: OPTIONS }, async (options) => {
  if (options.queue === CHANGES) return changesAgain(options);
  const { queues, env } = await findQueues(options);
  const sqs = new SQSClient(queueConfig(env));
  const moved = await redrive({
    ...queues,
    sqs,
    all: options.all,
    dryRun: options['dry-run'],
    clock: Date.now,
    print,
    progress,
  });
  sqs.destroy();
  return moved ? 0 : 1;
});

/** The queue that holds positions in the table's stream instead of jobs. */
async function changesAgain(options: {
  stage?: string;
  region?: string;
  'queue-url'?: string;
  'dead-letter-queue-url'?: string;
  all: boolean;
  'dry-run': boolean;
}): Promise<number> {
  const { stage, region, 'dead-letter-queue-url': named } = options;
  if ((stage === undefined) === (named === undefined) || options['queue-url'] !== undefined) {
    throw new UsageError(
      'For changes give --stage NAME, or --dead-letter-queue-url alone. 处理 changes 时请给出 --stage，或只给出 --dead-letter-queue-url。',
    );
  }
  const env = named === undefined ? awsEnvironment(process.env, { region }) : queueEnvironment(named, region);
  const url = named ?? (await findStage(env, stage ?? '')).changesDeadLetterQueueUrl;
  if (url === undefined) {
    throw new CommandError(
      `The stage ${stage} was deployed before this queue had an output: deploy it again. 请重新部署该环境。`,
    );
  }
  const sqs = new SQSClient(queueConfig(env));
  const lambda = new LambdaClient(clientConfig(env, 'LAMBDA'));
  const streams = new DynamoDBStreamsClient(clientConfig(env, 'DYNAMODB_STREAMS'));
  const ended = await redriveChanges({
    sqs,
    lambda,
    streams,
    deadLetterQueueUrl: url,
    all: options.all,
    dryRun: options['dry-run'],
    print,
  });
  for (const client of [sqs, lambda, streams]) client.destroy();
  return ended ? 0 : 1;
}

async function findQueues(options: {
  stage?: string;
  queue?: string;
  region?: string;
  'queue-url'?: string;
  'dead-letter-queue-url'?: string;
}) {
  const { stage, region, 'queue-url': queueUrl, 'dead-letter-queue-url': deadLetterQueueUrl } = options;
  if (stage !== undefined && queueUrl === undefined && deadLetterQueueUrl === undefined) {
    const env = awsEnvironment(process.env, { region });
    return { queues: queueNamed(await findStage(env, stage), options.queue ?? 'send'), env };
  }
  if (stage !== undefined || options.queue !== undefined || !queueUrl || !deadLetterQueueUrl) {
    throw new UsageError(
      'Give --stage NAME, or both --queue-url and --dead-letter-queue-url. 请给出 --stage，或同时给出两个队列地址。',
    );
  }
  return { queues: { queueUrl, deadLetterQueueUrl }, env: queueEnvironment(deadLetterQueueUrl, region) };
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

function queueNamed({ queues }: DeployedStage, name: string) {
  const found = queues[name];
  if (found) return found;
  const names = [...Object.keys(queues), CHANGES];
  throw new UsageError(`${unknown('queue', name, names)} There are 可用：${names.join(', ')}.`);
}

function originOf(url: string): string {
  if (URL.canParse(url)) return new URL(url).origin;
  throw new UsageError(`"${url}" is no address of a queue. 不是队列地址。`);
}

function regionIn(url: string): string | undefined {
  return /\bsqs\.([a-z0-9-]+)\.amazonaws\./.exec(url)?.[1];
}
