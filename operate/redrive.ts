// Moves what lies in a dead-letter queue back to where it came from.
import { openQueue } from '../lib/wiring/aws.ts';
import { awsEnvironment } from './aws-environment.ts';
import { CommandError, print, progress, readArguments, runCommand } from './command-line.ts';
import { type DeployedStage, findStage } from './deployed-stage.ts';
import { redrive } from './redrive/redrive.ts';
import { HELP } from './redrive/texts.ts';

await runCommand(async () => {
  const options = readArguments('redrive', process.argv.slice(2), {
    stage: { type: 'string' },
    queue: { type: 'string' },
    region: { type: 'string' },
    'queue-url': { type: 'string' },
    'dead-letter-queue-url': { type: 'string' },
    all: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (options.help) {
    print(HELP);
    return 0;
  }
  const { queues, env } = await findQueues(options);
  const sqs = openQueue(env);
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
    throw new CommandError(
      'Give --stage NAME, or both --queue-url and --dead-letter-queue-url. 请给出 --stage，或同时给出两个队列地址。',
    );
  }
  // A queue lives where its address says, the local ones too.
  const endpoint = process.env['AWS_ENDPOINT_URL_SQS'] ?? originOf(deadLetterQueueUrl);
  const where = { region: region ?? regionIn(deadLetterQueueUrl), endpoint };
  const env = { ...awsEnvironment(process.env, where), AWS_ENDPOINT_URL_SQS: endpoint };
  return { queues: { queueUrl, deadLetterQueueUrl }, env };
}

function queueNamed({ queues }: DeployedStage, name: string) {
  const found = queues[name];
  if (found) return found;
  const names = Object.keys(queues).join(', ');
  throw new CommandError(`There is no queue "${name}"; there are ${names}. 没有这个队列，可用：${names}。`);
}

function originOf(url: string): string {
  if (URL.canParse(url)) return new URL(url).origin;
  throw new CommandError(`"${url}" is no address of a queue. 不是队列地址。`);
}

function regionIn(url: string): string | undefined {
  return /\bsqs\.([a-z0-9-]+)\.amazonaws\./.exec(url)?.[1];
}
