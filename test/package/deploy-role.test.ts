import { globSync, readFileSync } from 'node:fs';
import { describe, expect, inject, test } from 'vitest';
import { readDeployRole } from '../support/deploy-role.ts';
import { parseTemplate, resourcesOfType } from './template.ts';

const { boundary, parameters, statements, trust } = readDeployRole();
const allowed = new Set(statements.flatMap(({ Action }) => Action));
const conditionOf = (sid: string) => statements.find(({ Sid }) => Sid === sid)?.Condition;

/** The calls that carry what a condition asks for (Service Authorization Reference of IAM and Lambda): others would never be allowed. */
const CARRIED: Record<string, readonly string[]> = {
  'iam:PassedToService': ['iam:PassRole'],
  'iam:PermissionsBoundary': [
    'iam:AttachRolePolicy',
    'iam:CreateRole',
    'iam:PutRolePermissionsBoundary',
    'iam:PutRolePolicy',
  ],
  'iam:PolicyARN': ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
  'lambda:FunctionArn': [
    'lambda:CreateEventSourceMapping',
    'lambda:DeleteEventSourceMapping',
    'lambda:UpdateEventSourceMapping',
  ],
};

/** The rights that the doctor's questions take. The secrets are none of the pipeline's. */
const ASKED: Record<string, string> = {
  DescribeAlarms: 'cloudwatch:DescribeAlarms',
  DescribeConnection: 'events:DescribeConnection',
  DescribeLimits: 'dynamodb:DescribeLimits',
  DescribeStacks: 'cloudformation:DescribeStacks',
  DescribeTable: 'dynamodb:DescribeTable',
  GetAccountSettings: 'lambda:GetAccountSettings',
  GetFunctionConcurrency: 'lambda:GetFunctionConcurrency',
  GetMetricStatistics: 'cloudwatch:GetMetricStatistics',
  GetQueueAttributes: 'sqs:GetQueueAttributes',
  ListEventSourceMappings: 'lambda:ListEventSourceMappings',
};

describe('the deploying role', () => {
  test('may ask what the doctor asks after a deployment', () => {
    const files = [...globSync('operate/{doctor,quotas}/*.ts'), 'operate/deployed-stage.ts'];
    const calls = files.flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(/new ([A-Z]\w+?)Command\(|\bpaginate([A-Z]\w+)\(/g),
    ]);
    const asked = calls.map(([, command, paged]) => command ?? paged ?? '');
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.filter((call) => !allowed.has(ASKED[call] ?? ''))).toEqual([]);
  });

  test('holds no wildcard among its actions, and reads neither items nor messages nor secrets, but for the webhook’s', () => {
    expect([...allowed].filter((action) => action.includes('*'))).toEqual([]);
    const reading =
      /^(ssm|kms):|^dynamodb:(Get|Batch|Query|Scan)Item|^dynamodb:(Query|Scan)$|^sqs:(Receive|Send)|^logs:(GetLog|Filter)|^lambda:Invoke/;
    expect([...allowed].filter((action) => reading.test(action))).toEqual([]);
    const ofSecrets = statements.filter(({ Action }) => Action.some((a) => a.startsWith('secretsmanager:')));
    expect(JSON.stringify(ofSecrets.map(({ Resource }) => Resource)).match(/(?<=:secret:)[^"]+/g)).toEqual([
      `events!connection/qingniao-$${'{Stage}'}-*`,
      `qingniao/$${'{Stage}'}/webhook-secret-*`,
    ]);
  });

  test('acts on what is named after the stage; but for APIs and mappings, whose ids are random, and where it only looks', () => {
    const elsewhere = statements.filter(({ Resource, Condition }) =>
      [Resource]
        .flat()
        .some((resource) => !/qingniao[-/]\$\{Stage\}/.test(JSON.stringify([resource, Condition]))),
    );
    expect(elsewhere.map(({ Sid }) => Sid)).toEqual(['EventSourceTags', 'Api', 'LinkedRoles', 'Look']);
    const looking = elsewhere.filter(({ Sid }) => Sid === 'Look').flatMap(({ Action }) => Action);
    expect(looking.filter((action) => !/:(Describe|Get|List|Validate)/.test(action))).toEqual([]);
  });

  test('asks conditions only of calls that carry what they ask for', () => {
    const useless = statements.flatMap(({ Action, Condition = {} }) =>
      Object.values(Condition)
        .flatMap(Object.keys)
        .flatMap((key) => Action.filter((action) => !CARRIED[key]?.includes(action)).map((a) => [a, key])),
    );
    expect(useless).toEqual([]);
  });

  test('gives rights to roles that bear the boundary, and can neither take it off nor change it', () => {
    const giving = [
      'iam:AttachRolePolicy',
      'iam:CreateRole',
      'iam:PutRolePermissionsBoundary',
      'iam:PutRolePolicy',
    ];
    const bounded = { StringEquals: { 'iam:PermissionsBoundary': { Ref: 'Boundary' } } };
    const where = statements.filter(({ Action }) => Action.some((action) => giving.includes(action)));
    expect(where.flatMap(({ Action }) => Action).sort()).toEqual(giving);
    for (const { Condition } of where) expect(Condition).toMatchObject(bounded);
    const others =
      /^iam:(DeleteRolePermissionsBoundary|(Create|Set|Delete|Attach|Put)(?!Role|ServiceLinkedRole))/;
    expect([...allowed].filter((action) => others.test(action))).toEqual([]);
  });

  test('passes roles to Lambda, Scheduler and EventBridge only', () => {
    const services = ['events.amazonaws.com', 'lambda.amazonaws.com', 'scheduler.amazonaws.com'];
    expect(conditionOf('PassRoles')).toEqual({ StringEquals: { 'iam:PassedToService': services } });
  });

  test('attaches and detaches the policies of AWS that the functions’ roles have, tracing and VPC too, and no other', () => {
    const roles = resourcesOfType(parseTemplate(inject('packaged').templateText), 'AWS::IAM::Role');
    const text = JSON.stringify(roles.map(([, { Properties }]) => Properties['ManagedPolicyArns']));
    const ofRoles = [...new Set(text.match(/arn:[^"]*:iam::aws:policy\/[^"]+/g))].sort();
    expect(ofRoles).toHaveLength(2);
    for (const sid of ['PoliciesOfAws', 'PoliciesOfAwsOff']) {
      const policies = conditionOf(sid)?.['ArnEquals']?.['iam:PolicyARN'];
      expect(
        [policies]
          .flat()
          .map((policy) => (policy as { 'Fn::Sub': string })['Fn::Sub'])
          .sort(),
      ).toEqual(ofRoles);
    }
  });

  test('is for one environment of one repository', () => {
    expect(trust).toMatchObject({
      StringEquals: {
        'token.actions.githubusercontent.com:sub': {
          'Fn::Sub': 'repo:$' + '{Repository}:environment:$' + '{Environment}',
        },
      },
    });
  });

  test.each([
    ['dev', true],
    ['production2', true],
    ['dev-eu', false],
    ['Prod', false],
    ['my_stage', false],
    ['2nd', false],
    ['a'.repeat(15), false],
  ])(
    'is for a stage named %s: %s, as another stage’s names must not begin alike and a bucket’s are small and short',
    (stage, isFit) => {
      const pattern = parameters['Stage']?.AllowedPattern ?? '';
      expect(new RegExp(`^(?:${pattern})$`).test(stage)).toBe(isFit);
    },
  );

  test('fits, as its boundary does, into what IAM takes for the policies of a role and for a policy of its own', () => {
    const size = (some: unknown) => JSON.stringify(some).replaceAll(/\s/g, '').length;
    expect(size(statements)).toBeLessThan(10_240);
    expect(size(boundary.statements)).toBeLessThan(6_144);
  });
});
