import { describe, expect, inject, test } from 'vitest';
import { functionId, parseTemplate, propertiesOf, resourcesOfType } from './template.ts';

const WECHAT_SETTINGS = [
  'APPS_PATH',
  'SENDING',
  'WECHAT_API_BASE_URL',
  'WECHAT_APP_ID',
  'WECHAT_APP_SECRET_PARAM',
  'WECHAT_PROXY_URL',
];

/** All that each function is told. */
const ENVIRONMENTS: Record<string, string[]> = {
  sessions: [...WECHAT_SETTINGS, 'METRICS_NAMESPACE', 'SESSION_SECRET_PARAM', 'SESSION_TTL_HOURS'],
  grants: [
    'APPS_PATH',
    'API_KEYS_PARAM',
    'GRANT_SOURCE',
    'SESSION_SECRET_PARAM',
    'TABLE_NAME',
    'TEMPLATE_ALIASES',
    'WECHAT_APP_ID',
  ],
  messages: [
    ...WECHAT_SETTINGS,
    'API_KEYS_PARAM',
    'APP_PAGES',
    'SEND_QUEUE_URL',
    'SESSION_SECRET_PARAM',
    'TABLE_NAME',
    'TEMPLATE_ALIASES',
    'USER_SENDABLE_TEMPLATES',
    'WECHAT_TOKEN_MODE',
  ],
  'publish-changes': [
    'EVENT_BUS_NAME',
    'METRICS_NAMESPACE',
    'PUBLISHED_EVENTS',
    'TABLE_NAME',
    'WECHAT_APP_ID',
  ],
  'count-statistics': ['TABLE_NAME', 'WECHAT_APP_ID'],
  console: [],
  stats: [
    'APPS_PATH',
    'API_KEYS_PARAM',
    'SESSION_SECRET_PARAM',
    'TABLE_NAME',
    'TEMPLATE_ALIASES',
    'WECHAT_APP_ID',
  ],
  users: ['APPS_PATH', 'API_KEYS_PARAM', 'SESSION_SECRET_PARAM', 'TABLE_NAME', 'WECHAT_APP_ID'],
  audit: ['APPS_PATH', 'API_KEYS_PARAM', 'SESSION_SECRET_PARAM', 'TABLE_NAME', 'WECHAT_APP_ID'],
  cards: [
    'APPS_PATH',
    'SENDING',
    'API_KEYS_PARAM',
    'SEND_QUEUE_URL',
    'SESSION_SECRET_PARAM',
    'TABLE_NAME',
    'WECHAT_APP_ID',
  ],
  templates: [
    ...WECHAT_SETTINGS,
    'API_KEYS_PARAM',
    'APP_PAGES',
    'SESSION_SECRET_PARAM',
    'TABLE_NAME',
    'TEMPLATE_ALIASES',
    'WECHAT_TOKEN_MODE',
  ],
  'template-library': [
    ...WECHAT_SETTINGS,
    'API_KEYS_PARAM',
    'CAMPAIGN_QUEUE_URL',
    'SESSION_SECRET_PARAM',
    'TABLE_NAME',
    'TEMPLATE_ALIASES',
    'WECHAT_TOKEN_MODE',
  ],
  campaigns: [
    ...WECHAT_SETTINGS,
    'API_KEYS_PARAM',
    'APP_PAGES',
    'CAMPAIGN_QUEUE_URL',
    'SCHEDULE_GROUP_NAME',
    'SCHEDULE_ROLE_ARN',
    'SESSION_SECRET_PARAM',
    'START_RUN_FUNCTION_ARN',
    'TABLE_NAME',
    'TEMPLATE_ALIASES',
    'WECHAT_TOKEN_MODE',
  ],
  'reconcile-schedules': [
    'APPS_PATH',
    'SENDING',
    'CAMPAIGN_QUEUE_URL',
    'SCHEDULE_GROUP_NAME',
    'SCHEDULE_ROLE_ARN',
    'START_RUN_FUNCTION_ARN',
    'TABLE_NAME',
    'WECHAT_APP_ID',
  ],
  'sync-templates': [...WECHAT_SETTINGS, 'TABLE_NAME', 'WECHAT_TOKEN_MODE'],
  'wechat-events': [
    'APPS_PATH',
    'EVENT_QUEUE_URL',
    'FORWARD_WECHAT_MESSAGES',
    'WECHAT_APP_ID',
    'WECHAT_PUSH_AES_KEY_PARAM',
    'WECHAT_PUSH_PLAINTEXT',
    'WECHAT_PUSH_TOKEN_PARAM',
  ],
  'process-events': ['EVENT_BUS_NAME', 'EVENT_QUEUE_URL', 'TABLE_NAME', 'WECHAT_APP_ID'],
  health: ['TABLE_NAME', 'WECHAT_APP_ID'],
  'start-campaign-run': ['CAMPAIGN_QUEUE_URL', 'TABLE_NAME', 'WECHAT_APP_ID'],
  'send-campaign': [
    ...WECHAT_SETTINGS,
    'CAMPAIGN_QUEUE_URL',
    'MAX_SENDS_PER_SECOND',
    'METRICS_NAMESPACE',
    'TABLE_NAME',
    'WECHAT_TOKEN_MODE',
  ],
  apps: [
    'API_KEYS_PARAM',
    'APPS_PATH',
    'CAMPAIGN_DEAD_LETTER_QUEUE_URL',
    'CHANGES_DEAD_LETTER_QUEUE_URL',
    'EVENT_DEAD_LETTER_QUEUE_URL',
    'SENDING',
    'SEND_DEAD_LETTER_QUEUE_URL',
    'SESSION_SECRET_PARAM',
    'TABLE_NAME',
    'WECHAT_APP_ID',
  ],
  'dispatch-due': ['APPS_PATH', 'SEND_QUEUE_URL', 'TABLE_NAME', 'WECHAT_APP_ID'],
  'send-messages': [
    ...WECHAT_SETTINGS,
    'MAX_SENDS_PER_SECOND',
    'METRICS_NAMESPACE',
    'SEND_QUEUE_URL',
    'TABLE_NAME',
    'WECHAT_TOKEN_MODE',
  ],
};

const template = parseTemplate(inject('packaged').templateText);

test('each function is deployed, and no other', () => {
  const deployed = resourcesOfType(template, 'AWS::Lambda::Function').map(([id]) => id);
  expect(deployed.sort()).toEqual(Object.keys(ENVIRONMENTS).map(functionId).sort());
});

describe.each(Object.entries(ENVIRONMENTS))('%s', (name, environment) => {
  test('runs Node 24 on arm64', () => {
    expect(propertiesOf(template, functionId(name))).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: `handlers/${name}.handler`,
    });
  });

  test('logs JSON, which is kept for a limited time', () => {
    expect(propertiesOf(template, functionId(name))).toMatchObject({ LoggingConfig: { LogFormat: 'JSON' } });
    expect(propertiesOf(template, functionId(name).replace('LambdaFunction', 'LogGroup'))).toEqual({
      LogGroupName: `/aws/lambda/qingniao-prod-${name}`,
      RetentionInDays: 30,
    });
  });

  test('is told its own settings only', () => {
    const { Environment } = propertiesOf(template, functionId(name)) as {
      Environment: { Variables: Record<string, unknown> };
    };
    expect(Object.keys(Environment.Variables).sort()).toEqual(
      [...environment, 'SECRETS_REVISION'].toSorted(),
    );
  });
});

test('settings come from the environment at deploy time', () => {
  expect(template.Parameters['WechatAppId']).toMatchObject({
    Default: 'wx0123456789abcdef',
    AllowedPattern: '.+',
  });
  expect(propertiesOf(template, functionId('messages'))).toMatchObject({
    Environment: {
      Variables: { USER_SENDABLE_TEMPLATES: 'template-1', WECHAT_APP_ID: { Ref: 'WechatAppId' } },
    },
  });
});
