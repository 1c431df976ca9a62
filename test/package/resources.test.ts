import * as v from 'valibot';
import { describe, expect, inject, test } from 'vitest';
import { routeSpecs } from '../../lib/api/routes/index.ts';
import { functionId, parseTemplate, propertiesOf, resource, resourcesOfType } from './template.ts';

const template = parseTemplate(inject('packaged').templateText);

describe('the table', () => {
  test('is paid per request, encrypted, recoverable, and outlives a production stack', () => {
    expect(resource(template, 'Table')).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        SSESpecification: { SSEEnabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    });
  });

  test('has its keys, its time to live and the index of what is not finished with', () => {
    const key = (hash: string, range: string) => [
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ];
    expect(propertiesOf(template, 'Table')).toMatchObject({
      KeySchema: key('pk', 'sk'),
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      GlobalSecondaryIndexes: [
        {
          IndexName: 'needs-attention',
          KeySchema: key('attentionPk', 'attentionSk'),
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
  });
});

/** Each queue of work: who empties it, how many records make a batch, and how many batches are worked on at once. */
const QUEUES = [
  { name: 'Send', taker: 'send-messages', batchSize: 10, concurrency: 50 },
  { name: 'Campaign', taker: 'send-campaign', batchSize: 2, concurrency: 20 },
  { name: 'Event', taker: 'process-events', batchSize: 10, concurrency: 10 },
];

const queueSchema = v.object({
  VisibilityTimeout: v.number(),
  MessageRetentionPeriod: v.number(),
  SqsManagedSseEnabled: v.literal(true),
  RedrivePolicy: v.object({ maxReceiveCount: v.number(), deadLetterTargetArn: v.unknown() }),
});

describe.each(QUEUES)('the $name queue', ({ name, taker, batchSize, concurrency }) => {
  const queue = v.parse(queueSchema, propertiesOf(template, `${name}Queue`));
  const { maxReceiveCount, deadLetterTargetArn } = queue.RedrivePolicy;

  // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  test('hides a batch for six times as long as its function may run, as AWS advises', () => {
    const { Timeout } = propertiesOf(template, functionId(taker));
    expect(queue.VisibilityTimeout).toBe(6 * Number(Timeout));
  });

  // A throttled batch is received once in each visibility timeout: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
  test('makes no dead letter of what is throttled for half a day on end', () => {
    expect(maxReceiveCount * queue.VisibilityTimeout).toBeGreaterThanOrEqual(12 * 3600);
    expect(maxReceiveCount * queue.VisibilityTimeout).toBeLessThan(queue.MessageRetentionPeriod);
    expect(maxReceiveCount).toBeLessThanOrEqual(1000); // SQS takes no more
    expect(deadLetterTargetArn).toEqual({ 'Fn::GetAtt': [`${name}DeadLetterQueue`, 'Arn'] });
  });

  test('keeps dead letters for 14 days and raises an alarm over the first', () => {
    expect(propertiesOf(template, `${name}DeadLetterQueue`)).toMatchObject({
      MessageRetentionPeriod: 14 * 86_400,
    });
    expect(propertiesOf(template, `${name}DeadLetterAlarm`)).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [`${name}DeadLetterQueue`, 'QueueName'] } }],
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  test('has each record answered on its own', () => {
    const mappings = resourcesOfType(template, 'AWS::Lambda::EventSourceMapping').map(
      ([, r]) => r.Properties,
    );
    expect(mappings).toContainEqual(
      expect.objectContaining({
        EventSourceArn: { 'Fn::GetAtt': [`${name}Queue`, 'Arn'] },
        FunctionName: { 'Fn::GetAtt': [functionId(taker), 'Arn'] },
        BatchSize: batchSize,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: concurrency },
      }),
    );
  });
});

describe("the table's stream", () => {
  const mappingOf = (name: string) =>
    resourcesOfType(template, 'AWS::Lambda::EventSourceMapping')
      .map(([, { Properties }]) => Properties)
      .find(({ FunctionName }) => JSON.stringify(FunctionName).includes(functionId(name)));

  // https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
  test('says which shard a batch is of, and is read in order until each batch is counted', () => {
    const mapping = mappingOf('count-statistics');
    expect(mapping).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      MaximumBatchingWindowInSeconds: 60,
      TumblingWindowInSeconds: 900,
    });
    // Otherwise batches of one shard run beside each other, or are passed over.
    for (const name of ['ParallelizationFactor', 'MaximumRecordAgeInSeconds', 'MaximumRetryAttempts'])
      expect([name, mapping?.[name]]).toEqual([name, undefined]);
  });

  test('is read by two functions, which is as many as DynamoDB lets', () => {
    const mappings = resourcesOfType(template, 'AWS::Lambda::EventSourceMapping');
    const readers = mappings.filter(([, r]) => JSON.stringify(r.Properties).includes('StreamArn'));
    expect(readers).toHaveLength(2);
    expect(mappingOf('count-statistics')?.['FilterCriteria']).toEqual(
      mappingOf('publish-changes')?.['FilterCriteria'],
    );
  });

  test('is counted once the version before has stopped counting', () => {
    expect(resource(template, functionId('count-statistics')).DependsOn).toContain(
      functionId('publish-changes'),
    );
  });
});

test('every alarm tells the topic that is named, if one is', () => {
  const alarms = resourcesOfType(template, 'AWS::CloudWatch::Alarm');
  expect(alarms.length).toBeGreaterThan(4);
  for (const [id, { Properties }] of alarms) {
    expect([id, Properties['AlarmActions']]).toEqual([
      id,
      { 'Fn::If': ['HasAlarmTopic', [{ Ref: 'AlarmTopicArn' }], { Ref: 'AWS::NoValue' }] },
    ]);
  }
});

test('nobody can make what is uploaded public', () => {
  expect(propertiesOf(template, 'ServerlessDeploymentBucket')).toMatchObject({
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
  });
});

test.each([
  ['dispatch-due', 'rate(1 minute)'],
  ['sync-templates', 'rate(24 hours)'],
])('%s runs at %s', (name, expression) => {
  const rules = resourcesOfType(template, 'AWS::Events::Rule').map(([, r]) => r.Properties);
  expect(rules).toContainEqual(
    expect.objectContaining({
      ScheduleExpression: expression,
      State: 'ENABLED',
      Targets: [expect.objectContaining({ Arn: { 'Fn::GetAtt': [functionId(name), 'Arn'] } })],
    }),
  );
});

/** The page, which is no part of the API. */
const OF_CONSOLE = ['ANY /console', 'GET /console/', 'GET /console/{path+}'];

describe('the HTTP API', () => {
  test('has the routes of the API document, those of the console, and one for everything else', () => {
    const deployed = resourcesOfType(template, 'AWS::ApiGatewayV2::Route').map(
      ([, r]) => r.Properties['RouteKey'],
    );
    const documented = routeSpecs.map(({ method, path }) => `${method} ${path}`);
    expect(deployed.sort()).toEqual([...documented, ...OF_CONSOLE, '$default'].sort());
  });

  test('is throttled and has no CORS', () => {
    expect(propertiesOf(template, 'HttpApiStage')).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
    });
    expect(propertiesOf(template, 'HttpApi')).not.toHaveProperty('CorsConfiguration');
  });
});
