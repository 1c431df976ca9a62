import { describe, expect, inject, test } from 'vitest';
import { actionsInCode } from './calls-in-code.ts';
import { actionsOf, parseTemplate, resource, statementsOf } from './template.ts';

/** The secrets that each function may read. */
const SECRETS: Record<string, string[]> = {
  sessions: ['app-secret', 'session-secret'],
  grants: ['api-keys', 'session-secret'],
  messages: ['api-keys', 'app-secret', 'session-secret'],
  templates: ['api-keys', 'app-secret', 'session-secret'],
  'template-library': ['api-keys', 'app-secret', 'session-secret'],
  'sync-templates': ['app-secret'],
  'wechat-events': ['push-aes-key', 'push-token'],
  'process-events': [],
  apps: ['api-keys', 'session-secret'],
  'publish-changes': [],
  'count-statistics': [],
  stats: ['api-keys', 'session-secret'],
  audit: ['api-keys', 'session-secret'],
  cards: ['api-keys', 'session-secret'],
  console: [],
  users: ['api-keys', 'session-secret'],
  campaigns: ['api-keys', 'app-secret', 'session-secret'],
  'reconcile-schedules': [],
  health: [],
  'dispatch-due': [],
  'send-messages': ['app-secret'],
  'send-campaign': ['app-secret'],
  'start-campaign-run': [],
};

/** Those that each mini program has of its own. */
const OF_AN_APP: ReadonlySet<string> = new Set(['app-secret', 'push-aes-key', 'push-token']);

/** Actions that a bundle holds because they come along with what it uses, and that the function never gets to. */
const NEVER_CALLED: Record<string, string[]> = {
  apps: ['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
  templates: ['dynamodb:BatchWriteItem', 'dynamodb:DeleteItem'],
  'template-library': ['dynamodb:BatchWriteItem', 'dynamodb:DeleteItem'],
  'sync-templates': ['dynamodb:BatchWriteItem', 'dynamodb:DeleteItem'],
  'process-events': ['dynamodb:BatchWriteItem', 'dynamodb:DeleteItem'],
  'publish-changes': ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
  'count-statistics': ['dynamodb:PutItem', 'dynamodb:Query'],
  stats: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
  audit: ['dynamodb:PutItem'],
  campaigns: ['scheduler:ListSchedules'],
  'reconcile-schedules': ['dynamodb:BatchGetItem'],
  grants: ['dynamodb:UpdateItem'],
  messages: ['dynamodb:BatchGetItem', 'dynamodb:DeleteItem'],
  'dispatch-due': ['dynamodb:UpdateItem'],
  'send-campaign': ['dynamodb:BatchWriteItem', 'dynamodb:DeleteItem'],
  'start-campaign-run': [
    'dynamodb:BatchGetItem',
    'dynamodb:BatchWriteItem',
    'dynamodb:DeleteItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
  ],
};

/** What is done in a function's name: write its logs, take its queue's messages and its stream's changes, decrypt its secrets, pass its schedules' role on. */
const ACTIONS_OF_LAMBDA = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
  'iam:PassRole',
  'kms:Decrypt',
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ReceiveMessage',
];

const { templateText, bundles } = inject('packaged');
const template = parseTemplate(templateText);
const everyStatement = bundles.flatMap(({ functionName }) => statementsOf(template, functionName));

describe.each(Object.entries(SECRETS))('%s', (name, secrets) => {
  const statements = statementsOf(template, name);

  test('may do what its code does, no more and no less', () => {
    const code = bundles.find((bundle) => bundle.functionName === name)?.readable ?? '';
    // What is passed over goes to its queue in the function's name, too.
    const own = statements.filter(({ Sid }) => Sid !== 'PassedOver');
    const ofLambda = own.filter(({ Sid }) => Sid !== 'DeadLetters');
    const granted = [
      ...actionsOf(ofLambda).filter((action) => !ACTIONS_OF_LAMBDA.includes(action)),
      ...actionsOf(own.filter((statement) => !ofLambda.includes(statement))),
    ];
    const called = actionsInCode(code).filter((action) => !NEVER_CALLED[name]?.includes(action));
    expect([...new Set(granted)].toSorted()).toEqual(called);
  });

  test('may read and decrypt its own secrets only', () => {
    const expected = secrets.map((secret) => `/qingniao/prod/${secret}`);
    for (const sid of ['Secrets', 'DecryptSecrets']) {
      const text = JSON.stringify(statements.filter((statement) => statement.Sid === sid));
      expect([...new Set(text.match(/\/qingniao\/prod\/(?!apps\/)[a-z-]+/g))].sort()).toEqual(expected);
      const ofOtherApps = text.match(/(?<=\/qingniao\/prod\/apps\/\*\/)[a-z-]+/g);
      expect([...new Set(ofOtherApps)].sort()).toEqual(secrets.filter((secret) => OF_AN_APP.has(secret)));
    }
  });

  test('may read of the other mini programs their list and settings, if at all', () => {
    const apps = statements.filter(({ Sid }) => Sid === 'Apps');
    const text = JSON.stringify(apps.map(({ Resource }) => Resource));
    expect(text.match(/\/qingniao\/prod\/[^"]+/g) ?? []).toEqual(
      apps.length === 0 ? [] : ['/qingniao/prod/apps', '/qingniao/prod/apps/*/settings'],
    );
  });
});

test('each queue is emptied by one function only', () => {
  const takers = bundles.flatMap(({ functionName }) =>
    statementsOf(template, functionName)
      .filter((statement) => actionsOf([statement]).includes('sqs:ReceiveMessage'))
      .map(({ Resource }) => [functionName, Resource]),
  );
  expect(new Set(takers.map(([, queue]) => JSON.stringify(queue))).size).toBe(takers.length);
  expect(Object.fromEntries(takers)).toMatchObject({
    'send-messages': { 'Fn::GetAtt': ['SendQueue', 'Arn'] },
    'process-events': { 'Fn::GetAtt': ['EventQueue', 'Arn'] },
  });
});

/** Schedules are named by the ids of campaigns, in a group that holds nothing else. */
function isScheduleOfOurs(resource: unknown): boolean {
  return JSON.stringify(resource).endsWith(`:schedule/\${CampaignScheduleGroup}/*"}`);
}

test('who writes schedules may pass on the one role that starts runs, and to EventBridge Scheduler only', () => {
  for (const name of ['campaigns', 'reconcile-schedules']) {
    const passes = statementsOf(template, name).filter((s) => actionsOf([s]).includes('iam:PassRole'));
    expect(passes).toMatchObject([
      {
        Resource: { 'Fn::GetAtt': ['CampaignScheduleRole', 'Arn'] },
        Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      },
    ]);
  }
  const schedules = resource(template, 'CampaignScheduleRole').Properties;
  expect(schedules).toMatchObject({
    AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'scheduler.amazonaws.com' } }] },
    Policies: [
      {
        PolicyDocument: {
          Statement: [
            {
              Action: 'lambda:InvokeFunction',
              Resource: { 'Fn::GetAtt': ['StartDashcampaignDashrunLambdaFunction', 'Arn'] },
            },
          ],
        },
      },
    ],
  });
});

test('no action is a wildcard', () => {
  expect(actionsOf(everyStatement).filter((action) => action.includes('*'))).toEqual([]);
});

test('every resource is named; only schedules are by their group or listed all, parameters of apps by their names in the stage’s path, and the key behind SSM is narrowed by conditions', () => {
  const open = everyStatement.filter(
    ({ Sid, Resource }) =>
      JSON.stringify(Resource).replaceAll('/qingniao/prod/apps/*/', '').includes('*') &&
      !isScheduleOfOurs(Resource) &&
      Sid !== 'ListSchedules',
  );
  expect([...new Set(actionsOf(open))]).toEqual(['kms:Decrypt']);
  for (const { Condition } of open) {
    const { StringEquals = {}, StringLike = {} } = Condition as Record<string, object>;
    expect({ ...StringEquals, ...StringLike }).toHaveProperty(['kms:EncryptionContext:PARAMETER_ARN']);
    expect(Condition).toMatchObject({
      StringEquals: { 'kms:ViaService': expect.anything() },
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/aws/ssm' },
    });
  }
});

test('resources are named for the partitions of AWS China too', () => {
  const texts = everyStatement.map((statement) => JSON.stringify([statement.Resource, statement.Condition]));
  expect(texts.join('\n')).not.toContain('arn:aws');
  expect(texts.join('\n')).toContain(`arn:\${AWS::Partition}:ssm`);
});

test('messages queries the table and the index', () => {
  const queries = statementsOf(template, 'messages').filter((s) => actionsOf([s]).includes('dynamodb:Query'));
  const table: unknown = { 'Fn::GetAtt': ['Table', 'Arn'] };
  const index: unknown = { 'Fn::Sub': `\${Table.Arn}/index/needs-attention` };
  expect(queries.map((query) => query.Resource)).toHaveLength(2);
  expect(queries.map((query) => query.Resource)).toEqual(expect.arrayContaining([table, index]));
});
