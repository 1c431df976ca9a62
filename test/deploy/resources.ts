import { strict as assert } from 'node:assert';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, ListScheduleGroupsCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { dueEntryItem } from '../../lib/dynamodb/dynamodb-due-index.ts';
import { readItem } from '../../lib/dynamodb/items.ts';
import { toAttributes } from '../../lib/dynamodb/table.ts';
import { toLedger } from '../../lib/dynamodb/versioned-items.ts';
import { findPending, putPending } from '../../lib/messages/pending-messages.ts';
import type { Checkout } from './checkout.ts';
import { leftoversOf } from './leftovers.ts';
import type { Aws } from './local-aws.ts';
import { type Environment, runIn } from './serverless.ts';

/** What was deployed, seen from the account that owns it. */
export type DeployedResources = Awaited<ReturnType<typeof openResources>>;

/** Looks into what was deployed as a stage. */
export async function openResources(o: {
  readonly stage: string;
  readonly aws: Aws;
  readonly env: Environment;
  readonly checkout: Checkout;
  readonly appId: string;
}) {
  const { aws } = o;
  const [cloudFormation, logs, dynamodb, lambda, scheduler, sqs] = [
    new CloudFormationClient(aws),
    new CloudWatchLogsClient(aws),
    new DynamoDBClient(aws),
    new LambdaClient(aws),
    new SchedulerClient(aws),
    new SQSClient(aws),
  ];
  const StackName = `qingniao-${o.stage}`;
  const outputs = new Map<string, string>();

  async function readOutputs(): Promise<void> {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
    for (const { OutputKey = '', OutputValue = '' } of Stacks[0]?.Outputs ?? []) {
      outputs.set(OutputKey, OutputValue);
    }
  }
  const output = (name: string) => outputs.get(name) ?? assert.fail(`The stack has no output ${name}.`);
  await readOutputs();

  /** As serverless.yml names them. */
  async function functionNames(): Promise<string[]> {
    const { StackResourceSummaries = [] } = await cloudFormation.send(
      new ListStackResourcesCommand({ StackName }),
    );
    return StackResourceSummaries.flatMap(({ ResourceType, PhysicalResourceId = '' }) =>
      ResourceType === 'AWS::Lambda::Function' ? [PhysicalResourceId.slice(StackName.length + 1)] : [],
    );
  }

  async function storedOf(openid: string, sk: string) {
    const TableName = output('TableName');
    const Key = { pk: { S: `${o.appId}#user#${openid}` }, sk: { S: sk } };
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    assert.ok(Item, `The table holds no ${sk} of the user's.`);
    return {
      Item,
      put: async (item: typeof Item): Promise<void> => {
        await dynamodb.send(new PutItemCommand({ TableName, Item: item }));
      },
    };
  }

  return {
    /** The address under which an emulator of AWS serves the API. */
    apiUrl: () => `${aws.endpoint}/_aws/execute-api/${output('HttpApiId')}/$default`,
    readOutputs,

    functionNames,

    /** Calls a function as a rule would. @throws Error with what it threw */
    async invoke(name: string, event: unknown = {}): Promise<void> {
      const answer = await lambda.send(
        new InvokeCommand({
          FunctionName: `${StackName}-${name}`,
          Payload: Buffer.from(JSON.stringify(event)),
        }),
      );
      const text = Buffer.from(answer.Payload ?? []).toString();
      if (answer.FunctionError !== undefined) throw new Error(`${name} failed: ${text}`);
    },

    /** Those tags of a function that have one of these names. */
    async tagsOf(name: string, tags: readonly string[]): Promise<Record<string, string>> {
      const { Tags = {} } = await lambda.send(
        new GetFunctionCommand({ FunctionName: `${StackName}-${name}` }),
      );
      return Object.fromEntries(Object.entries(Tags).filter(([tag]) => tags.includes(tag)));
    },

    /** The schedule of a campaign. */
    async scheduleOf(campaignId: string) {
      const { ScheduleGroups = [] } = await scheduler.send(new ListScheduleGroupsCommand({}));
      const group = ScheduleGroups.find(({ Name }) => Name !== 'default')?.Name;
      const { ScheduleExpression = '', Target } = await scheduler.send(
        new GetScheduleCommand({ Name: campaignId, ...(group !== undefined && { GroupName: group }) }),
      );
      return { expression: ScheduleExpression, targetArn: Target?.Arn ?? '', input: Target?.Input ?? '' };
    },

    /** One failure and a minute's rest make a dead letter, so that nobody waits for two hours. */
    async failOnce(): Promise<void> {
      const QueueUrl = output('SendQueueUrl');
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] }),
      );
      const policy = JSON.parse(Attributes?.RedrivePolicy ?? '{}');
      const RedrivePolicy = JSON.stringify({ ...policy, maxReceiveCount: 1 });
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
    },

    async deadLetters(): Promise<number> {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: output('SendDeadLetterQueueUrl'),
          AttributeNames: ['ApproximateNumberOfMessages'],
        }),
      );
      return Number(Attributes?.['ApproximateNumberOfMessages']);
    },

    /** Makes what waits for a user unreadable; what it returns mends it again. */
    async spoil(openid: string): Promise<() => Promise<void>> {
      const { Item, put } = await storedOf(openid, 'ledger');
      await put({ ...Item, waiting: { S: 'of another form' } });
      return () => put(Item);
    },

    /** Makes a booked message due now: in its user's item, where it waits, and by another due entry for the dispatcher. */
    async bringForward(openid: string, messageId: string): Promise<void> {
      const { Item, put } = await storedOf(openid, 'ledger');
      const { value } = toLedger(openid, readItem(Item));
      const message = findPending(value, messageId) ?? assert.fail('The message does not wait in the item.');
      const sendAtMs = Date.now();
      const { waiting = '' } = putPending(value, {
        ...message,
        sendAtMs,
        dueAtMs: sendAtMs,
        dueEntries: [sendAtMs],
      });
      await put({ ...Item, waiting: { S: waiting } });
      const { templateId, createdAtMs: sinceMs } = message;
      await put(toAttributes(dueEntryItem(o, { messageId, templateId, sinceMs, dueAtMs: sendAtMs })));
    },

    redrive: () => runIn(o.checkout, ['node', 'operate/redrive.ts', '--stage', o.stage], o.env),

    /** The last lines that each function logged as an error or died with, for the one who has to find out why. */
    async complaints(): Promise<string> {
      const names = await functionNames();
      const lines = await Promise.all(names.map((name) => complaintsOf(logs, `${StackName}-${name}`)));
      return lines.flat().join('\n');
    },

    leftOver: () => leftoversOf(StackName, aws),

    close() {
      for (const client of [cloudFormation, logs, dynamodb, lambda, scheduler, sqs]) client.destroy();
    },
  };
}

async function complaintsOf(logs: CloudWatchLogsClient, functionName: string): Promise<string[]> {
  const { events = [] } = await logs
    .send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${functionName}`, limit: 1_000 }))
    .catch(() => ({ events: [] }));
  return events
    .map(({ message = '' }) => message.trim())
    .filter((text) => /"level":"(WARN|ERROR)"|Error:|denied/.test(text))
    .slice(-5)
    .map((text) => `${functionName}: ${text.slice(0, 1_000)}`);
}
