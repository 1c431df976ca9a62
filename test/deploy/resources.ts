import { strict as assert } from 'node:assert';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, ListScheduleGroupsCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Checkout } from './checkout.ts';
import { type Environment, runIn } from './serverless.ts';

/** What was deployed, seen from the account that owns it. */
export type DeployedResources = Awaited<ReturnType<typeof openResources>>;

/** Looks into what was deployed as a stage. */
export async function openResources(o: {
  readonly stage: string;
  readonly endpoint: string;
  readonly env: Environment;
  readonly checkout: Checkout;
  readonly appId: string;
}) {
  const config = {
    endpoint: o.endpoint,
    region: o.env['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: o.env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: o.env['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  };
  const [cloudFormation, logs, dynamodb, lambda, scheduler, sqs] = [
    new CloudFormationClient(config),
    new CloudWatchLogsClient(config),
    new DynamoDBClient(config),
    new LambdaClient(config),
    new SchedulerClient(config),
    new SQSClient(config),
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

  return {
    /** The address under which the emulator serves the API. */
    apiUrl: () => `${o.endpoint}/_aws/execute-api/${output('HttpApiId')}/$default`,
    readOutputs,

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

    /** The schedule of a campaign. */
    async scheduleOf(campaignId: string) {
      const { ScheduleGroups = [] } = await scheduler.send(new ListScheduleGroupsCommand({}));
      const group = ScheduleGroups.find(({ Name }) => Name !== 'default')?.Name;
      const { ScheduleExpression = '', Target } = await scheduler.send(
        new GetScheduleCommand({ Name: campaignId, ...(group !== undefined && { GroupName: group }) }),
      );
      return { expression: ScheduleExpression, targetArn: Target?.Arn ?? '', input: Target?.Input ?? '' };
    },

    /** A failed note comes up again after a second, so that nobody waits for five times its usual rest. */
    failFast: () =>
      sqs.send(
        new SetQueueAttributesCommand({
          QueueUrl: output('SendQueueUrl'),
          Attributes: { VisibilityTimeout: '1' },
        }),
      ),

    async deadLetters(): Promise<number> {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: output('SendDeadLetterQueueUrl'),
          AttributeNames: ['ApproximateNumberOfMessages'],
        }),
      );
      return Number(Attributes?.['ApproximateNumberOfMessages']);
    },

    /** Makes a stored message unreadable; what it returns mends it again. */
    async spoil(openid: string, messageId: string): Promise<() => Promise<void>> {
      const TableName = output('TableName');
      const Key = { pk: { S: `${o.appId}#user#${openid}` }, sk: { S: `message#${messageId}` } };
      const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      assert.ok(Item, 'The message is not in the table.');
      await dynamodb.send(
        new PutItemCommand({ TableName, Item: { ...Item, state: { S: 'of another form' } } }),
      );
      return async () => {
        await dynamodb.send(new PutItemCommand({ TableName, Item }));
      };
    },

    redrive: () => runIn(o.checkout, ['node', 'operate/redrive.ts', '--stage', o.stage], o.env),

    /** The last lines that the functions logged as errors or died with, for the one who has to find out why. */
    async complaints(functionNames: readonly string[]): Promise<string> {
      const lines: string[] = [];
      for (const name of functionNames) {
        const logGroupName = `/aws/lambda/${StackName}-${name}`;
        const { events = [] } = await logs
          .send(new FilterLogEventsCommand({ logGroupName, limit: 1_000 }))
          .catch(() => ({ events: [] }));
        const bad = events
          .map(({ message = '' }) => message.trim())
          .filter((text) => /"level":"ERROR"|Error:/.test(text));
        lines.push(...bad.slice(-5).map((text) => `${name}: ${text.slice(0, 1_000)}`));
      }
      return lines.join('\n');
    },

    /** Whether the stack, and the table in it, are gone. */
    async isGone(): Promise<boolean> {
      return cloudFormation.send(new DescribeStacksCommand({ StackName })).then(
        ({ Stacks = [] }) => Stacks.every(({ StackStatus }) => StackStatus === 'DELETE_COMPLETE'),
        () => true,
      );
    },

    close() {
      for (const client of [cloudFormation, logs, dynamodb, lambda, scheduler, sqs]) client.destroy();
    },
  };
}
