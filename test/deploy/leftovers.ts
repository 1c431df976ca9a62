import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListEventBusesCommand, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { LambdaClient, ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListScheduleGroupsCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Aws } from './local-aws.ts';

/** What costs or acts and still bears the name of a stack, by the services that know it. Of a removed stack there is to be none. */
export async function leftoversOf(stackName: string, aws: Aws): Promise<string[]> {
  const [formation, watch, logs, dynamodb, events, lambda, scheduler, sqs] = [
    new CloudFormationClient(aws),
    new CloudWatchClient(aws),
    new CloudWatchLogsClient(aws),
    new DynamoDBClient(aws),
    new EventBridgeClient(aws),
    new LambdaClient(aws),
    new SchedulerClient(aws),
    new SQSClient(aws),
  ];
  const answers = await Promise.all([
    // To a stack that is gone the answer is an error, or its last status.
    formation.send(new DescribeStacksCommand({ StackName: stackName })).then(
      ({ Stacks = [] }) => Stacks.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE'),
      () => [],
    ),
    watch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: stackName })),
    watch.send(new ListDashboardsCommand({ DashboardNamePrefix: stackName })),
    logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: `/aws/lambda/${stackName}` })),
    dynamodb.send(new ListTablesCommand({})),
    events.send(new ListEventBusesCommand({ NamePrefix: stackName })),
    events.send(new ListRulesCommand({ NamePrefix: stackName })),
    lambda.send(new ListFunctionsCommand({})),
    lambda.send(new ListEventSourceMappingsCommand({})),
    scheduler.send(new ListScheduleGroupsCommand({ NamePrefix: stackName })),
    scheduler.send(new ListSchedulesCommand({})),
    sqs.send(new ListQueuesCommand({ QueueNamePrefix: stackName })),
  ]);
  for (const client of [formation, watch, logs, dynamodb, events, lambda, scheduler, sqs]) client.destroy();
  return [
    ...new Set(namesIn(answers).filter((name) => name.includes(`${stackName}-`) || name === stackName)),
  ];
}

/** All texts in an answer, however deep, without what the SDK says about the call. */
function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === '$metadata' ? [] : namesIn(inner)));
}
