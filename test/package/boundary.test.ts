import { expect, inject, test } from 'vitest';
import { type DeployStatement, readDeployRole } from '../support/deploy-role.ts';
import { parseTemplate, resource, resourcesOfType, type Statement, statementsOfRole } from './template.ts';

const template = parseTemplate(inject('packaged').templateText);
const { boundary } = readDeployRole();
const STAGE = 'prod';

/** Of AWSLambdaVPCAccessExecutionRole but for its logs, and of AWSXRayDaemonWriteAccess (AWS managed policy reference, November 2026). */
const OF_AWS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
  'xray:GetSamplingRules',
  'xray:GetSamplingStatisticSummaries',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** The names that CloudFormation gives: those of the template, else the stack's, the resource's and something random. */
function arnOf(logicalId: string, attribute: string): string {
  const { Type, Properties } = resource(template, logicalId);
  const made = `qingniao-${STAGE}-${logicalId}-1ABC`;
  const ends: Record<string, string> = {
    'AWS::DynamoDB::Table': `dynamodb:REGION:ACCOUNT:table/${made}${attribute === 'StreamArn' ? '/stream/1' : ''}`,
    'AWS::SQS::Queue': `sqs:REGION:ACCOUNT:${made}`,
    'AWS::Events::EventBus': `events:REGION:ACCOUNT:event-bus/${String(Properties['Name'])}`,
    'AWS::Events::ApiDestination': `events:REGION:ACCOUNT:api-destination/${String(Properties['Name'])}${attribute === 'Arn' ? '/1-2-3' : ''}`,
    'AWS::Logs::LogGroup': `logs:REGION:ACCOUNT:log-group:${String(Properties['LogGroupName'])}:*`,
    'AWS::Lambda::Function': `lambda:REGION:ACCOUNT:function:${String(Properties['FunctionName'])}`,
    'AWS::IAM::Role': `iam::ACCOUNT:role/${made}`,
  };
  return `arn:PARTITION:${ends[Type] ?? expect.fail(`Say here how CloudFormation names ${Type}.`)}`;
}

/** A value of the template or of the role's file as text. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, argument] = []] = Object.entries(value as Record<string, unknown>);
  if (name === 'Fn::GetAtt') return arnOf(...(argument as [string, string]));
  if (name !== 'Fn::Sub') return expect.fail(`Say here what ${JSON.stringify(value)} comes to.`);
  return String(argument).replaceAll(/\$\{([\w:.]+)\}/g, (_, name: string) => {
    const [id = '', attribute] = name.split('.');
    if (name === 'Stage') return STAGE;
    if (name.startsWith('AWS::')) return name.replace('AWS::', '').replace('Id', '').toUpperCase();
    return attribute ? arnOf(id, attribute) : `qingniao-${STAGE}-${id}-1ABC`;
  });
}

const textsOf = (value: unknown) => [value].flat().map(textOf);

function covers(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^$()|[\]{}\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

/** Whether a statement asks for at least what the boundary asks for. */
function isAsNarrow({ Condition = {} }: Statement, bound: DeployStatement): boolean {
  const asked = new Map(Object.values(Condition as object).flatMap((keys: object) => Object.entries(keys)));
  return Object.values(bound.Condition ?? {})
    .flatMap((keys) => Object.entries(keys))
    .every(([key, values]) => {
      const [given, bounds] = [asked.get(key), textsOf(values)];
      return (
        given !== undefined && textsOf(given).every((one) => bounds.some((pattern) => covers(pattern, one)))
      );
    });
}

function isBounded(statement: Statement, action: string, on: string): boolean {
  return boundary.statements.some(
    (bound) =>
      bound.Action.includes(action) &&
      textsOf(bound.Resource).some((pattern) => covers(pattern, on)) &&
      isAsNarrow(statement, bound),
  );
}

const ROLES = resourcesOfType(template, 'AWS::IAM::Role');

test('there is a role for each function, one for schedules, and one for the webhook', () => {
  expect(ROLES).toHaveLength(inject('packaged').bundles.length + 2);
});

test.each(ROLES)('the boundary takes no right from %s', (id) => {
  const cut = statementsOfRole(template, id).flatMap((statement) =>
    [statement.Action]
      .flat()
      .flatMap((action) =>
        textsOf(statement.Resource).flatMap((on) =>
          isBounded(statement, action, on) ? [] : [`${action} on ${on}`],
        ),
      ),
  );
  expect(cut).toEqual([]);
});

test('the boundary leaves a function in a VPC its network interfaces, and a traced one its traces', () => {
  const open = boundary.statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
  expect(open).toEqual([...OF_AWS, 'scheduler:ListSchedules'].sort());
});

test('the boundary ends at what is named after the stage', () => {
  for (const { Sid, Resource, Condition } of boundary.statements) {
    if (Sid === 'Unnamed') continue;
    expect(JSON.stringify([Resource, Condition])).toMatch(/qingniao[-/]\$\{Stage\}/);
  }
  expect(
    boundary.statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*')),
  ).toEqual([]);
});

test('every role of the stack bears the boundary that is named, if one is', () => {
  const named = 'arn:$' + '{AWS::Partition}:iam::$' + '{AWS::AccountId}:policy/$' + '{PermissionsBoundary}';
  for (const [id, { Properties }] of ROLES)
    expect([id, Properties['PermissionsBoundary']]).toEqual([
      id,
      { 'Fn::If': ['HasBoundary', { 'Fn::Sub': named }, { Ref: 'AWS::NoValue' }] },
    ]);
  expect(boundary.name).toEqual({ 'Fn::Sub': 'bounds-qingniao-$' + '{Stage}' });
});
