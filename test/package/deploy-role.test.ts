import { readFileSync } from 'node:fs';
import { describe, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { parseTemplate } from './template.ts';

interface Statement {
  readonly Sid: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** CloudFormation's short forms, as their long ones: `!Sub x` is {"Fn::Sub": "x"}. */
const SHORT_FORMS = ['Sub', 'Ref', 'GetAtt', 'If', 'Equals'].flatMap((name) => {
  const resolve = (value: unknown) => ({ [name === 'Ref' ? 'Ref' : `Fn::${name}`]: value });
  return [
    { tag: `!${name}`, resolve },
    {
      tag: `!${name}`,
      collection: 'seq' as const,
      resolve: (seq: { toJSON(): unknown }) => resolve(seq.toJSON()),
    },
  ];
});

const { DeployRole } = parse(readFileSync('deploy/deploy-role.yml', 'utf8'), {
  customTags: SHORT_FORMS,
}).Resources;
const statements: Statement[] = DeployRole.Properties.Policies[0].PolicyDocument.Statement;
const actionsIn = (some: readonly Statement[]) => some.flatMap(({ Action }) => Action);
const allowed = new Set(actionsIn(statements));

/** What CloudFormation calls in the deployer's name to make, change, look at and remove a resource. */
const CALLS: Record<string, string[]> = {
  'AWS::S3::Bucket': [
    's3:CreateBucket',
    's3:PutBucketPublicAccessBlock',
    's3:PutEncryptionConfiguration',
    's3:DeleteBucket',
  ],
  'AWS::S3::BucketPolicy': ['s3:PutBucketPolicy', 's3:GetBucketPolicy', 's3:DeleteBucketPolicy'],
  'AWS::Logs::LogGroup': [
    'logs:CreateLogGroup',
    'logs:PutRetentionPolicy',
    'logs:DescribeLogGroups',
    'logs:DeleteLogGroup',
  ],
  'AWS::Logs::MetricFilter': [
    'logs:PutMetricFilter',
    'logs:DescribeMetricFilters',
    'logs:DeleteMetricFilter',
  ],
  'AWS::Lambda::Function': [
    'lambda:CreateFunction',
    'lambda:GetFunction',
    'lambda:UpdateFunctionCode',
    'lambda:UpdateFunctionConfiguration',
    'lambda:DeleteFunction',
    'iam:PassRole',
    's3:GetObject',
  ],
  'AWS::Lambda::Permission': ['lambda:AddPermission', 'lambda:GetPolicy', 'lambda:RemovePermission'],
  'AWS::Lambda::EventSourceMapping': [
    'lambda:CreateEventSourceMapping',
    'lambda:GetEventSourceMapping',
    'lambda:UpdateEventSourceMapping',
    'lambda:DeleteEventSourceMapping',
  ],
  'AWS::Events::Rule': [
    'events:PutRule',
    'events:PutTargets',
    'events:DescribeRule',
    'events:RemoveTargets',
    'events:DeleteRule',
  ],
  'AWS::Events::EventBus': ['events:CreateEventBus', 'events:DescribeEventBus', 'events:DeleteEventBus'],
  'AWS::ApiGatewayV2::Api': ['apigateway:POST', 'apigateway:GET', 'apigateway:PATCH', 'apigateway:DELETE'],
  'AWS::ApiGatewayV2::Stage': ['apigateway:POST', 'apigateway:PATCH', 'apigateway:DELETE'],
  'AWS::ApiGatewayV2::Integration': ['apigateway:POST', 'apigateway:PATCH', 'apigateway:DELETE'],
  'AWS::ApiGatewayV2::Route': ['apigateway:POST', 'apigateway:PATCH', 'apigateway:DELETE'],
  'AWS::ApiGatewayV2::DomainName': ['apigateway:POST', 'apigateway:DELETE', 'iam:CreateServiceLinkedRole'],
  'AWS::ApiGatewayV2::ApiMapping': ['apigateway:POST', 'apigateway:DELETE'],
  'AWS::DynamoDB::Table': [
    'dynamodb:CreateTable',
    'dynamodb:DescribeTable',
    'dynamodb:UpdateTable',
    'dynamodb:UpdateTimeToLive',
    'dynamodb:UpdateContinuousBackups',
    'dynamodb:DeleteTable',
  ],
  'AWS::SQS::Queue': [
    'sqs:CreateQueue',
    'sqs:GetQueueAttributes',
    'sqs:SetQueueAttributes',
    'sqs:DeleteQueue',
  ],
  'AWS::CloudWatch::Alarm': [
    'cloudwatch:PutMetricAlarm',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:DeleteAlarms',
  ],
  'AWS::CloudWatch::Dashboard': [
    'cloudwatch:PutDashboard',
    'cloudwatch:GetDashboard',
    'cloudwatch:DeleteDashboards',
  ],
  'AWS::Scheduler::ScheduleGroup': [
    'scheduler:CreateScheduleGroup',
    'scheduler:GetScheduleGroup',
    'scheduler:DeleteScheduleGroup',
  ],
  'AWS::IAM::Role': [
    'iam:CreateRole',
    'iam:GetRole',
    'iam:PutRolePolicy',
    'iam:DeleteRolePolicy',
    'iam:UpdateAssumeRolePolicy',
    'iam:AttachRolePolicy',
    'iam:DeleteRole',
  ],
};

describe('the deploying role', () => {
  const template = parseTemplate(inject('packaged').templateText);
  const types = [...new Set(Object.values(template.Resources).map(({ Type }) => Type))];

  test.each(types)('may make and remove %s', (type) => {
    const calls = CALLS[type];
    if (!calls) throw new Error(`Say here what CloudFormation calls for ${type}.`);
    expect(calls.filter((call) => !allowed.has(call))).toEqual([]);
  });

  test('holds no wildcard among its actions, and reads neither secrets nor items nor messages', () => {
    expect([...allowed].filter((action) => action.includes('*'))).toEqual([]);
    const reading =
      /^(ssm|kms|secretsmanager):|^dynamodb:(Get|Batch|Query|Scan)Item|^dynamodb:(Query|Scan)$|^sqs:(Receive|Send)|^logs:(Get|Filter)|^lambda:Invoke/;
    expect([...allowed].filter((action) => reading.test(action))).toEqual([]);
  });

  test('acts on what is named after the stage; but for APIs, whose ids are random, and where it only looks', () => {
    const elsewhere = statements.filter(({ Resource, Condition }) =>
      [Resource]
        .flat()
        .some((resource) => !JSON.stringify([resource, Condition]).includes('qingniao-$' + '{Stage}')),
    );
    expect(elsewhere.map(({ Sid }) => Sid)).toEqual(['Api', 'ApiLinkedRole', 'Look']);
    const looking = actionsIn(elsewhere.filter(({ Sid }) => Sid === 'Look'));
    expect(looking.filter((action) => !/:(Describe|Get|List|Validate)/.test(action))).toEqual([]);
  });

  test('passes roles to Lambda and Scheduler only, and attaches one policy of AWS', () => {
    expect(statements.find(({ Sid }) => Sid === 'PassRoles')?.Condition).toEqual({
      StringEquals: { 'iam:PassedToService': ['lambda.amazonaws.com', 'scheduler.amazonaws.com'] },
    });
    expect(JSON.stringify(statements.find(({ Sid }) => Sid === 'VpcPolicy')?.Condition)).toContain(
      'AWSLambdaVPCAccessExecutionRole',
    );
  });

  test('is for one environment of one repository', () => {
    const [{ Condition }] = DeployRole.Properties.AssumeRolePolicyDocument.Statement;
    expect(Condition.StringEquals['token.actions.githubusercontent.com:sub']).toEqual({
      'Fn::Sub': 'repo:$' + '{Repository}:environment:$' + '{Environment}',
    });
  });

  test('fits into what IAM takes for the policies of a role', () => {
    expect(JSON.stringify(statements).replaceAll(/\s/g, '').length).toBeLessThan(10_240);
  });
});
