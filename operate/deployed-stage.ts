import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import * as v from 'valibot';
import type { Environment } from '../lib/settings/settings.ts';
import { CommandError } from './command-line.ts';
import { say } from './language.ts';

const outputsSchema = v.objectWithRest(
  {
    TableName: v.string(),
    SendQueueUrl: v.string(),
    SendDeadLetterQueueUrl: v.string(),
    ChangesDeadLetterQueueUrl: v.exactOptional(v.string()),
    EventBusName: v.exactOptional(v.string()),
    WebhookDeadLetterQueueUrl: v.exactOptional(v.string()),
    WebhookConnectionName: v.exactOptional(v.string()),
    HttpApiUrl: v.exactOptional(v.string()),
    ApiDomainUrl: v.exactOptional(v.string()),
  },
  v.unknown(),
);

/** What was deployed as one stage. */
export interface DeployedStage {
  readonly appId: string | undefined;
  readonly apiUrl: string | undefined;
  readonly tableName: string;
  /** By name: `send`, `event` and so on. */
  readonly queues: Readonly<Record<string, DeployedQueue>>;
  /** Where it stands which changes of the table publish-changes failed to take in. */
  readonly changesDeadLetterQueueUrl: string | undefined;
  /** Absent where events go to the bus alone. */
  readonly webhook: DeployedWebhook | undefined;
}

/** Where a stage's webhook is, and what it did not take. */
export interface DeployedWebhook {
  readonly busName: string;
  readonly connectionName: string;
  readonly deadLetterQueueUrl: string;
}

/** A queue of work, and where what failed too often lies. */
export interface DeployedQueue {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

/**
 * Looks a stage up in its CloudFormation stack, whose outputs are named in serverless.yml.
 *
 * @throws CommandError when there is no such stack, or it is not one of this service
 */
export async function findStage(env: Environment, stage: string): Promise<DeployedStage> {
  const StackName = `qingniao-${stage}`;
  const region = env['AWS_REGION'] ?? '';
  const client = new CloudFormationClient({ region });
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const { Outputs = [], Parameters = [] } = Stacks[0] ?? {};
    const outputs = v.parse(
      outputsSchema,
      Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
    );
    return {
      appId: Parameters.find(({ ParameterKey }) => ParameterKey === 'WechatAppId')?.ParameterValue,
      apiUrl: outputs.ApiDomainUrl ?? outputs.HttpApiUrl,
      tableName: outputs.TableName,
      queues: queuesIn(outputs),
      changesDeadLetterQueueUrl: outputs.ChangesDeadLetterQueueUrl,
      webhook: webhookIn(outputs),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      say(
        `The stack ${StackName} cannot be read in ${region}: ${reason}\nCheck --stage, --region and the AWS credentials.`,
        `无法读取 ${region} 的堆栈 ${StackName}：${reason}\n请检查 --stage、--region 和 AWS 凭证。`,
      ),
    );
  } finally {
    client.destroy();
  }
}

function webhookIn({
  EventBusName: busName,
  WebhookConnectionName: connectionName,
  WebhookDeadLetterQueueUrl: deadLetterQueueUrl,
}: v.InferOutput<typeof outputsSchema>): DeployedWebhook | undefined {
  if (busName === undefined || connectionName === undefined || deadLetterQueueUrl === undefined)
    return undefined;
  return { busName, connectionName, deadLetterQueueUrl };
}

/** `SendQueueUrl` and `SendDeadLetterQueueUrl` make the queue `send`. */
function queuesIn(outputs: Readonly<Record<string, unknown>>): Record<string, DeployedQueue> {
  const queues: Record<string, DeployedQueue> = {};
  for (const [key, queueUrl] of Object.entries(outputs)) {
    const name = /^([A-Z][a-z]+)QueueUrl$/.exec(key)?.[1];
    const deadLetterQueueUrl = name && outputs[`${name}DeadLetterQueueUrl`];
    if (name && typeof queueUrl === 'string' && typeof deadLetterQueueUrl === 'string')
      queues[name.toLowerCase()] = { queueUrl, deadLetterQueueUrl };
  }
  return queues;
}
