import * as v from 'valibot';
import * as values from './setting-values.ts';

/** Settings that are read together: the rule of each variable, and what is made of them. */
function part<E extends v.ObjectEntries, T>(
  entries: E,
  read: (env: v.InferOutput<v.ObjectSchema<E, undefined>>) => T,
) {
  return v.pipe(v.object(entries), v.transform(read));
}

const text = (form: RegExp, rule: string) => v.pipe(v.string(), v.regex(form, rule));
const flag = v.optional(v.picklist(['true', 'false']), 'false');
const arn = text(/^arn:[\w-]+:[\w-]+:.+$/, 'Expected an ARN');

const push = v.pipe(
  v.object({
    WECHAT_PUSH_TOKEN: v.exactOptional(text(/^[A-Za-z0-9]{3,32}$/, 'Expected 3 to 32 letters and digits')),
    WECHAT_PUSH_AES_KEY: v.exactOptional(text(/^[A-Za-z0-9]{43}$/, 'Expected 43 letters and digits')),
    WECHAT_PUSH_PLAINTEXT: flag,
    FORWARD_WECHAT_MESSAGES: flag,
  }),
  v.forward(
    v.check(
      ({ WECHAT_PUSH_TOKEN: token, WECHAT_PUSH_AES_KEY: aesKey, WECHAT_PUSH_PLAINTEXT: plaintext }) =>
        token === undefined || aesKey !== undefined || plaintext === 'true',
      'Expected the EncodingAESKey that belongs to WECHAT_PUSH_TOKEN',
    ),
    ['WECHAT_PUSH_AES_KEY'],
  ),
  v.transform(({ WECHAT_PUSH_TOKEN: token, WECHAT_PUSH_AES_KEY: aesKey, ...env }) => ({
    ...(token !== undefined && { token }),
    ...(aesKey !== undefined && { aesKey }),
    allowPlaintext: env.WECHAT_PUSH_PLAINTEXT === 'true',
    forwardMessages: env.FORWARD_WECHAT_MESSAGES === 'true',
  })),
);

const wechat = v.pipe(
  v.object({
    WECHAT_APP_SECRET: v.exactOptional(values.secret),
    WECHAT_API_BASE_URL: v.optional(values.httpUrl, 'https://api.weixin.qq.com'),
    WECHAT_PROXY_URL: v.exactOptional(values.httpUrl),
    WECHAT_TOKEN_MODE: v.optional(v.picklist(['stable', 'plain']), 'stable'),
    SENDING: v.optional(v.picklist(['on', 'stopped']), 'on'),
  }),
  v.forward(
    v.check(
      ({ WECHAT_APP_SECRET: secret, SENDING: sending }) => secret !== undefined || sending === 'stopped',
      // As of any other setting that is missing.
      'Required',
    ),
    ['WECHAT_APP_SECRET'],
  ),
  v.transform(({ WECHAT_APP_SECRET: appSecret, WECHAT_PROXY_URL: proxyUrl, ...env }) => ({
    // A mini program whose sending is stopped has none that is used.
    ...(appSecret !== undefined && env.SENDING === 'on' && { appSecret }),
    apiBaseUrl: env.WECHAT_API_BASE_URL,
    ...(proxyUrl !== undefined && { proxyUrl }),
    tokenMode: env.WECHAT_TOKEN_MODE,
  })),
);

/** The settings of each part of the service: what is read, its rule, its default. */
export const settingsParts = {
  app: part({ WECHAT_APP_ID: text(values.APP_ID_FORM, "Expected a mini program's appid") }, (env) => ({
    appId: env.WECHAT_APP_ID,
  })),
  wechat,
  sessions: part(
    {
      SESSION_SECRET: v.pipe(values.secret, v.minBytes(32, 'Expected at least 32 bytes')),
      SESSION_TTL_HOURS: v.optional(values.wholeNumber(1, 8760), '168'),
    },
    (env) => ({ secret: env.SESSION_SECRET, ttlHours: env.SESSION_TTL_HOURS }),
  ),
  apiKeys: part({ API_KEYS: values.apiKeysJson }, (env) => env.API_KEYS),
  grants: part({ GRANT_SOURCE: v.optional(v.picklist(['client', 'events']), 'client') }, (env) => ({
    authority: env.GRANT_SOURCE,
  })),
  messages: part({ USER_SENDABLE_TEMPLATES: v.optional(values.templateIds, '') }, (env) => ({
    userSendableTemplates: env.USER_SENDABLE_TEMPLATES,
  })),
  templates: part(
    { TEMPLATE_ALIASES: v.optional(values.templateAliases, ''), APP_PAGES: v.exactOptional(values.appPages) },
    ({ TEMPLATE_ALIASES: aliases, APP_PAGES: pages }) => ({ aliases, ...(pages && { pages }) }),
  ),
  sending: part(
    { MAX_SENDS_PER_SECOND: v.exactOptional(values.wholeNumber(1, 100_000)) },
    ({ MAX_SENDS_PER_SECOND: rate }) => (rate === undefined ? {} : { maxSendsPerSecond: rate }),
  ),
  table: part({ TABLE_NAME: text(/^[\w.-]{3,255}$/, 'Expected the name of a DynamoDB table') }, (env) => ({
    name: env.TABLE_NAME,
  })),
  queue: part({ SEND_QUEUE_URL: values.httpUrl }, (env) => ({ sendQueueUrl: env.SEND_QUEUE_URL })),
  eventQueue: part({ EVENT_QUEUE_URL: values.httpUrl }, (env) => ({ url: env.EVENT_QUEUE_URL })),
  campaignQueue: part({ CAMPAIGN_QUEUE_URL: values.httpUrl }, (env) => ({ url: env.CAMPAIGN_QUEUE_URL })),
  deadLetters: part(
    {
      SEND_DEAD_LETTER_QUEUE_URL: values.httpUrl,
      CAMPAIGN_DEAD_LETTER_QUEUE_URL: values.httpUrl,
      EVENT_DEAD_LETTER_QUEUE_URL: values.httpUrl,
      CHANGES_DEAD_LETTER_QUEUE_URL: values.httpUrl,
    },
    (env) => ({
      sends: env.SEND_DEAD_LETTER_QUEUE_URL,
      campaigns: env.CAMPAIGN_DEAD_LETTER_QUEUE_URL,
      events: env.EVENT_DEAD_LETTER_QUEUE_URL,
      changes: env.CHANGES_DEAD_LETTER_QUEUE_URL,
    }),
  ),
  push,
  events: part({ EVENT_BUS_NAME: v.exactOptional(v.string()) }, ({ EVENT_BUS_NAME: busName }) =>
    busName === undefined ? {} : { busName },
  ),
  publishing: part(
    {
      EVENT_BUS_NAME: v.string(),
      PUBLISHED_EVENTS: v.optional(values.publishedEvents, values.DEFAULT_EVENTS),
    },
    (env) => ({ busName: env.EVENT_BUS_NAME, published: env.PUBLISHED_EVENTS }),
  ),
  schedules: part(
    {
      SCHEDULE_GROUP_NAME: text(/^[\w.-]{1,64}$/, 'Expected the name of a schedule group'),
      SCHEDULE_ROLE_ARN: arn,
      START_RUN_FUNCTION_ARN: arn,
    },
    (env) => ({
      groupName: env.SCHEDULE_GROUP_NAME,
      roleArn: env.SCHEDULE_ROLE_ARN,
      functionArn: env.START_RUN_FUNCTION_ARN,
    }),
  ),
  metrics: part(
    {
      METRICS_NAMESPACE: v.exactOptional(
        text(/^[\w./#:-]{1,255}$/, 'Expected the name of a CloudWatch namespace'),
      ),
    },
    ({ METRICS_NAMESPACE: namespace }) => (namespace === undefined ? {} : { namespace }),
  ),
};

/** A part of the service that has settings. */
export type SettingsPart = keyof typeof settingsParts;
