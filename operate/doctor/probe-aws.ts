import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { DescribeConnectionCommand } from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../../lib/clock.ts';
import { clientConfig, openBus } from '../../lib/runtime/aws.ts';
import type { Environment } from '../../lib/settings/settings.ts';
import type { DeployedStage } from '../deployed-stage.ts';
import { probeQuotas } from '../quotas/probe-quotas.ts';
import { type ParameterNames, SECRETS, type SecretKind } from '../setup/parameter-names.ts';
import type { StoredSecrets } from '../setup/parameter-store.ts';
import type { Finding } from './finding.ts';
import {
  FOLLOWER_NAMES,
  type Follower,
  judgeAlarms,
  judgeLag,
  judgeQueue,
  judgeSecrets,
  judgeWebhook,
  type RingingAlarm,
} from './judge-aws.ts';
import { orFinding } from './or-finding.ts';

/** Message push is off without these; the callback's check tells. */
const OPTIONAL: ReadonlySet<SecretKind> = new Set<SecretKind>(['push-token', 'push-aes-key']);

/** A stage as AWS knows it. */
export interface StageToProbe {
  readonly env: Environment;
  readonly stage: string;
  readonly deployed: DeployedStage;
  readonly names: ParameterNames;
  /** undefined where they cannot be read. */
  readonly stored: StoredSecrets | undefined;
  readonly clock: Clock;
}

/** Looks at what AWS knows of the stage. A question that AWS does not answer is a finding of its own. */
export async function* probeStage(o: StageToProbe): AsyncGenerator<Finding> {
  const missing = SECRETS.filter((kind) => !OPTIONAL.has(kind) && o.stored?.[kind] === undefined);
  yield o.stored
    ? judgeSecrets(
        missing.map((kind) => o.names.parameters[kind]),
        o.stage,
      )
    : NOT_READABLE;
  yield* await orFinding('queues', () => queues(o));
  yield* await orFinding('webhook', () => webhook(o));
  yield* await orFinding('alarms', () => alarms(o));
  yield* await orFinding('stream', () => lag(o));
  const { tableName } = o.deployed;
  yield* (await probeQuotas({ region: o.env['AWS_REGION'] ?? '', stage: o.stage, tableName })).findings;
}

const NOT_READABLE: Finding = {
  check: 'secrets',
  level: 'skip',
  says: { en: 'these AWS credentials may not read them', zh: '当前 AWS 凭证无权读取' },
};

async function queues({ env, deployed }: StageToProbe): Promise<readonly Finding[]> {
  return withDepths(env, (depth) =>
    Promise.all(
      Object.entries(deployed.queues).map(async ([name, { queueUrl, deadLetterQueueUrl }]) =>
        judgeQueue({ name, waiting: await depth(queueUrl), dead: await depth(deadLetterQueueUrl) }),
      ),
    ),
  );
}

async function withDepths<T>(
  env: Environment,
  ask: (depth: (queueUrl: string) => Promise<number>) => Promise<T>,
): Promise<T> {
  const sqs = new SQSClient({ ...clientConfig(env, 'SQS'), useQueueUrlAsEndpoint: false });
  try {
    return await ask(async (QueueUrl) => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
      );
      return Number(Attributes['ApproximateNumberOfMessages'] ?? 0);
    });
  } finally {
    sqs.destroy();
  }
}

async function webhook({
  env,
  stage,
  deployed: { webhook: deployed },
}: StageToProbe): Promise<readonly Finding[]> {
  if (!deployed) return [];
  const dead = await withDepths(env, (depth) => depth(deployed.deadLetterQueueUrl));
  const bus = openBus(env);
  try {
    const { ConnectionState } = await bus.send(
      new DescribeConnectionCommand({ Name: deployed.connectionName }),
    );
    return [judgeWebhook({ stage, dead, connectionState: ConnectionState ?? 'UNKNOWN' })];
  } finally {
    bus.destroy();
  }
}

/** CloudFormation names an alarm after its stack unless the template does. */
async function alarms({ env, stage }: StageToProbe): Promise<readonly Finding[]> {
  const client = new CloudWatchClient({ region: env['AWS_REGION'] ?? '' });
  try {
    const ringing: RingingAlarm[] = [];
    let all = 0;
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms(
      { client },
      { AlarmNamePrefix: `qingniao-${stage}-` },
    )) {
      all += MetricAlarms.length;
      for (const { AlarmName = '', AlarmDescription = '', StateValue } of MetricAlarms)
        if (StateValue === 'ALARM') ringing.push({ name: AlarmName, description: AlarmDescription });
    }
    return judgeAlarms(ringing, all);
  } finally {
    client.destroy();
  }
}

const LATELY_MS = 15 * 60_000;

async function lag({ env, stage, clock }: StageToProbe): Promise<readonly Finding[]> {
  const client = new CloudWatchClient({ region: env['AWS_REGION'] ?? '' });
  try {
    const lagOf = async (follower: Follower) => {
      const { Datapoints = [] } = await client.send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/Lambda',
          MetricName: 'IteratorAge',
          Dimensions: [{ Name: 'FunctionName', Value: `qingniao-${stage}-${follower}` }],
          StartTime: new Date(clock() - LATELY_MS),
          EndTime: new Date(clock()),
          Period: 60,
          Statistics: ['Maximum'],
        }),
      );
      const inOrder = Datapoints.toSorted((a, b) => Number(a.Timestamp ?? 0) - Number(b.Timestamp ?? 0));
      return judgeLag(follower, inOrder.at(-1)?.Maximum);
    };
    return await Promise.all(FOLLOWER_NAMES.map(lagOf));
  } finally {
    client.destroy();
  }
}
