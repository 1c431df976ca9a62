import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, type PackagedService, packageService } from '../../local/package-service.ts';
import {
  actionsOf,
  functionId,
  parseTemplate,
  propertiesOf,
  resource,
  resourcesOfType,
  statementsOf,
  type Template,
} from './template.ts';

const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const SECRETS = ['kms:Decrypt', 'ssm:GetParameters'];
const READ_AND_WRITE = ['BatchGetItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'].map(
  (a) => `dynamodb:${a}`,
);
const WECHAT_SETTINGS = [
  'WECHAT_API_BASE_URL',
  'WECHAT_APP_ID',
  'WECHAT_APP_SECRET_PARAM',
  'WECHAT_PROXY_URL',
];

/** All that a function may do and all that it is told. */
const FUNCTIONS: Record<string, { actions: string[]; secrets: string[]; environment: string[] }> = {
  sessions: {
    actions: [...LOGS, ...SECRETS],
    secrets: ['app-secret', 'session-secret'],
    environment: [...WECHAT_SETTINGS, 'SESSION_SECRET_PARAM', 'SESSION_TTL_HOURS'],
  },
  grants: {
    actions: [...LOGS, ...SECRETS, ...READ_AND_WRITE],
    secrets: ['session-secret', 'api-keys'],
    environment: ['API_KEYS_PARAM', 'GRANT_SOURCE', 'SESSION_SECRET_PARAM', 'TABLE_NAME', 'WECHAT_APP_ID'],
  },
  messages: {
    actions: [...LOGS, ...SECRETS, ...READ_AND_WRITE, 'dynamodb:ConditionCheckItem', 'sqs:SendMessage'],
    secrets: ['app-secret', 'session-secret', 'api-keys'],
    environment: [
      ...WECHAT_SETTINGS,
      'API_KEYS_PARAM',
      'SEND_QUEUE_URL',
      'SESSION_SECRET_PARAM',
      'TABLE_NAME',
      'USER_SENDABLE_TEMPLATES',
      'WECHAT_TOKEN_MODE',
    ],
  },
  health: {
    actions: [...LOGS, 'dynamodb:GetItem'],
    secrets: [],
    environment: ['TABLE_NAME', 'WECHAT_APP_ID'],
  },
  'dispatch-due': {
    actions: [...LOGS, 'dynamodb:Query', 'dynamodb:UpdateItem', 'sqs:SendMessage'],
    secrets: [],
    environment: ['SEND_QUEUE_URL', 'TABLE_NAME', 'WECHAT_APP_ID'],
  },
  'send-messages': {
    actions: [
      ...LOGS,
      ...SECRETS,
      ...READ_AND_WRITE,
      'dynamodb:ConditionCheckItem',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ],
    secrets: ['app-secret'],
    environment: [
      ...WECHAT_SETTINGS,
      'MAX_SENDS_PER_SECOND',
      'SEND_QUEUE_URL',
      'TABLE_NAME',
      'WECHAT_TOKEN_MODE',
    ],
  },
};
const functionNames = Object.keys(FUNCTIONS);

/** Secrets of whoever packages, which must stay where they are. */
const CANARY = 'canary-5f1c';
const SECRET_ENVIRONMENT = {
  WECHAT_APP_SECRET: `${CANARY}-app-secret`,
  SESSION_SECRET: `${CANARY}-session-secret`,
  API_KEYS: `${CANARY}-api-keys`,
  AWS_SECRET_ACCESS_KEY: `${CANARY}-aws`,
};

let packaged: PackagedService;
let template: Template;
beforeAll(async () => {
  packaged = await packageService({
    stage: 'prod',
    env: { ...SECRET_ENVIRONMENT, WECHAT_APP_ID: 'wx0123456789abcdef', GRANT_SOURCE: 'events' },
  });
  template = parseTemplate(packaged.templateText);
});

describe('a function', () => {
  test('is deployed for each of ours, and no other', () => {
    const deployed = resourcesOfType(template, 'AWS::Lambda::Function').map(([id]) => id);
    expect(deployed.sort()).toEqual(functionNames.map(functionId).sort());
  });

  test.each(functionNames)('%s runs Node 24 on arm64 and logs JSON for a limited time', (name) => {
    expect(propertiesOf(template, functionId(name))).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: `handlers/${name}.handler`,
      LoggingConfig: { LogFormat: 'JSON' },
    });
    const logGroup = functionId(name).replace('LambdaFunction', 'LogGroup');
    expect(propertiesOf(template, logGroup)).toEqual({
      LogGroupName: `/aws/lambda/qingniao-prod-${name}`,
      RetentionInDays: 30,
    });
  });

  test.each(Object.entries(FUNCTIONS))('%s is told its own settings only', (name, { environment }) => {
    const { Environment } = propertiesOf(template, functionId(name)) as {
      Environment: { Variables: Record<string, unknown> };
    };
    expect(Object.keys(Environment.Variables).sort()).toEqual(environment.toSorted());
  });

  test.each(Object.entries(FUNCTIONS))('%s may make its own calls only', (name, { actions }) => {
    expect(actionsOf(statementsOf(template, name))).toEqual(actions.toSorted());
  });

  test.each(Object.entries(FUNCTIONS))('%s may read its own secrets only', (name, { secrets }) => {
    const expected = secrets.map((secret) => `/qingniao/prod/${secret}`).sort();
    for (const sid of ['Secrets', 'DecryptSecrets']) {
      const text = JSON.stringify(statementsOf(template, name).filter((s) => s.Sid === sid));
      expect([...new Set(text.match(/\/qingniao\/prod\/[a-z-]+/g))].sort()).toEqual(expected);
    }
  });

  test('takes settings from the environment at deploy time', () => {
    expect(template.Parameters['WechatAppId']).toMatchObject({
      Default: 'wx0123456789abcdef',
      AllowedPattern: '.+',
    });
    expect(propertiesOf(template, functionId('grants'))).toMatchObject({
      Environment: { Variables: { GRANT_SOURCE: 'events', WECHAT_APP_ID: { Ref: 'WechatAppId' } } },
    });
  });
});

describe('permissions', () => {
  const everyStatement = () => functionNames.flatMap((name) => statementsOf(template, name));

  test('never hold a wildcard action', () => {
    expect(actionsOf(everyStatement()).filter((action) => action.includes('*'))).toEqual([]);
  });

  test('name their resources; only the key behind SSM is narrowed by conditions instead', () => {
    const open = everyStatement().filter((s) => JSON.stringify(s.Resource).includes('*'));
    expect(actionsOf(open)).toEqual(Array(4).fill('kms:Decrypt'));
    for (const { Condition } of open) {
      expect(Condition).toMatchObject({
        StringEquals: {
          'kms:ViaService': expect.anything(),
          'kms:EncryptionContext:PARAMETER_ARN': expect.anything(),
        },
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/aws/ssm' },
      });
    }
  });

  test('hold in the partitions of AWS China too', () => {
    const ours = everyStatement().map((s) => JSON.stringify([s.Resource, s.Condition]));
    expect(ours.join('\n')).not.toContain('arn:aws');
    expect(ours.join('\n')).toContain(`arn:\${AWS::Partition}:ssm`);
  });

  test('let dispatch-due query the index and not the table', () => {
    const query = statementsOf(template, 'dispatch-due').find((s) => s.Action === 'dynamodb:Query');
    expect(query?.Resource).toEqual({ 'Fn::Sub': `\${Table.Arn}/index/due` });
  });
});

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

  test('has its keys, its time to live and the index of what is due', () => {
    const key = (hash: string, range: string) => [
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ];
    expect(propertiesOf(template, 'Table')).toMatchObject({
      KeySchema: key('pk', 'sk'),
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      GlobalSecondaryIndexes: [
        { IndexName: 'due', KeySchema: key('duePk', 'dueAtMs'), Projection: { ProjectionType: 'ALL' } },
      ],
    });
  });
});

describe('the send queue', () => {
  test('hides a batch for longer than its function may run, then hands what fails five times to the dead letters', () => {
    const { Timeout } = propertiesOf(template, functionId('send-messages'));
    expect(propertiesOf(template, 'SendQueue')).toMatchObject({
      VisibilityTimeout: 90,
      SqsManagedSseEnabled: true,
      RedrivePolicy: {
        maxReceiveCount: 5,
        deadLetterTargetArn: { 'Fn::GetAtt': ['SendDeadLetterQueue', 'Arn'] },
      },
    });
    expect(Timeout).toBe(60);
  });

  test('keeps dead letters for 14 days and raises an alarm over the first', () => {
    expect(propertiesOf(template, 'SendDeadLetterQueue')).toMatchObject({
      MessageRetentionPeriod: 14 * 86_400,
    });
    expect(propertiesOf(template, 'SendDeadLetterAlarm')).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['SendDeadLetterQueue', 'QueueName'] } }],
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  test('has each record answered on its own', () => {
    const mappings = resourcesOfType(template, 'AWS::Lambda::EventSourceMapping').map(
      ([, r]) => r.Properties,
    );
    expect(mappings).toMatchObject([
      {
        EventSourceArn: { 'Fn::GetAtt': ['SendQueue', 'Arn'] },
        FunctionName: { 'Fn::GetAtt': [functionId('send-messages'), 'Arn'] },
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 10 },
      },
    ]);
  });
});

test('dispatch-due runs each minute', () => {
  const rules = resourcesOfType(template, 'AWS::Events::Rule').map(([, r]) => r.Properties);
  expect(rules).toMatchObject([
    {
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [{ Arn: { 'Fn::GetAtt': [functionId('dispatch-due'), 'Arn'] } }],
    },
  ]);
});

describe('the HTTP API', () => {
  test('is throttled and has no CORS', () => {
    expect(propertiesOf(template, 'HttpApiStage')).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
    });
    expect(propertiesOf(template, 'HttpApi')).not.toHaveProperty('CorsConfiguration');
  });
});

describe('a bundle', () => {
  const eachBundle = (check: (bundle: Bundle, code: string) => void) => {
    expect(packaged.bundles.map((bundle) => bundle.functionName)).toEqual([...functionNames].sort());
    for (const bundle of packaged.bundles) check(bundle, Buffer.from(onlyFile(bundle)).toString());
  };

  test('is one file and uploads less than 1 MB', () => {
    eachBundle((bundle) => {
      expect(Object.keys(bundle.files)).toEqual([`handlers/${bundle.functionName}.mjs`]);
      expect(bundle.zipBytes, bundle.functionName).toBeLessThan(1_000_000);
    });
  });

  test('holds what the service depends on and no development tool', async () => {
    const lock = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
      packages: Record<string, { dev?: boolean }>;
    };
    eachBundle((bundle, code) => {
      const packages = [...code.matchAll(/^ *\/\/ \S*node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\//gm)].map(
        (m) => m[1],
      );
      const tools = packages.filter((name) => lock.packages[`node_modules/${name}`]?.dev !== undefined);
      expect(packages, bundle.functionName).toContain('valibot');
      expect(tools, bundle.functionName).toEqual([]);
      expect(code, bundle.functionName).not.toMatch(/^ *\/\/ (local|test)\//m);
    });
  });

  test('and the template hold no secret of whoever packaged them', () => {
    eachBundle((_, code) => expect(code).not.toContain(CANARY));
    expect(packaged.templateText).not.toContain(CANARY);
  });

  test('loads in Node and exports its handler', async () => {
    expect(await typesOfHandlers(packaged.bundles)).toEqual(
      Object.fromEntries(functionNames.map((n) => [n, 'function'])),
    );
  });
});

function onlyFile(bundle: Bundle): Uint8Array {
  const [content] = Object.values(bundle.files);
  if (content === undefined) throw new Error(`The bundle of ${bundle.functionName} is empty.`);
  return content;
}

/** Loads each bundle in a process with nothing around it, as Lambda does, and tells what it exports as `handler`. */
async function typesOfHandlers(bundles: readonly Bundle[]): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'qingniao-bundles-'));
  try {
    for (const bundle of bundles)
      await writeFile(join(folder, `${bundle.functionName}.mjs`), onlyFile(bundle));
    const program = `
      const types = {};
      for (const name of ${JSON.stringify(bundles.map((b) => b.functionName))})
        types[name] = typeof (await import('./' + name + '.mjs')).handler;
      console.log(JSON.stringify(types));`;
    await writeFile(join(folder, 'load.mjs'), program);
    const { stdout } = await promisify(execFile)(process.execPath, ['load.mjs'], { cwd: folder, env: {} });
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
