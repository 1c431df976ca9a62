import * as v from 'valibot';
import { apiKeysJson } from './api-keys.ts';
import { DEFAULT_EVENTS, publishedEvents } from './published-events.ts';
import { httpUrl, secret, templateIds, wholeNumber } from './setting-texts.ts';
import { appPages, templateAliases } from './template-texts.ts';

const app = v.pipe(
  v.object({
    WECHAT_APP_ID: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/, "Expected a mini program's appid")),
  }),
  v.transform((env) => ({ appId: env.WECHAT_APP_ID })),
);

const wechat = v.pipe(
  v.object({
    WECHAT_APP_SECRET: secret,
    WECHAT_API_BASE_URL: v.optional(httpUrl, 'https://api.weixin.qq.com'),
    WECHAT_PROXY_URL: v.exactOptional(httpUrl),
    WECHAT_TOKEN_MODE: v.optional(v.picklist(['stable', 'plain']), 'stable'),
  }),
  v.transform((env) => ({
    appSecret: env.WECHAT_APP_SECRET,
    apiBaseUrl: env.WECHAT_API_BASE_URL,
    ...(env.WECHAT_PROXY_URL === undefined ? {} : { proxyUrl: env.WECHAT_PROXY_URL }),
    tokenMode: env.WECHAT_TOKEN_MODE,
  })),
);

const sessions = v.pipe(
  v.object({
    SESSION_SECRET: v.pipe(secret, v.minBytes(32, 'Expected at least 32 bytes')),
    SESSION_TTL_HOURS: v.optional(wholeNumber(1, 8760), '168'),
  }),
  v.transform((env) => ({ secret: env.SESSION_SECRET, ttlHours: env.SESSION_TTL_HOURS })),
);

const apiKeys = v.pipe(
  v.object({ API_KEYS: apiKeysJson }),
  v.transform((env) => env.API_KEYS),
);

const grants = v.pipe(
  v.object({ GRANT_SOURCE: v.optional(v.picklist(['client', 'events']), 'client') }),
  v.transform((env) => ({ authority: env.GRANT_SOURCE })),
);

const messages = v.pipe(
  v.object({ USER_SENDABLE_TEMPLATES: v.optional(templateIds, '') }),
  v.transform((env) => ({ userSendableTemplates: env.USER_SENDABLE_TEMPLATES })),
);

const templates = v.pipe(
  v.object({
    TEMPLATE_ALIASES: v.optional(templateAliases, ''),
    APP_PAGES: v.exactOptional(appPages),
  }),
  v.transform((env) => ({
    aliases: env.TEMPLATE_ALIASES,
    ...(env.APP_PAGES !== undefined && { pages: env.APP_PAGES }),
  })),
);

const sending = v.pipe(
  v.object({ MAX_SENDS_PER_SECOND: v.exactOptional(wholeNumber(1, 100_000)) }),
  v.transform((env) =>
    env.MAX_SENDS_PER_SECOND === undefined ? {} : { maxSendsPerSecond: env.MAX_SENDS_PER_SECOND },
  ),
);

const table = v.pipe(
  v.object({
    TABLE_NAME: v.pipe(v.string(), v.regex(/^[\w.-]{3,255}$/, 'Expected the name of a DynamoDB table')),
  }),
  v.transform((env) => ({ name: env.TABLE_NAME })),
);

const queue = v.pipe(
  v.object({ SEND_QUEUE_URL: httpUrl }),
  v.transform((env) => ({ sendQueueUrl: env.SEND_QUEUE_URL })),
);

const eventQueue = v.pipe(
  v.object({ EVENT_QUEUE_URL: httpUrl }),
  v.transform((env) => ({ url: env.EVENT_QUEUE_URL })),
);

const campaignQueue = v.pipe(
  v.object({ CAMPAIGN_QUEUE_URL: httpUrl }),
  v.transform((env) => ({ url: env.CAMPAIGN_QUEUE_URL })),
);

const push = v.pipe(
  v.object({
    WECHAT_PUSH_TOKEN: v.exactOptional(
      v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{3,32}$/, 'Expected 3 to 32 letters and digits')),
    ),
    WECHAT_PUSH_AES_KEY: v.exactOptional(
      v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{43}$/, 'Expected 43 letters and digits')),
    ),
    WECHAT_PUSH_PLAINTEXT: v.optional(v.picklist(['true', 'false']), 'false'),
    FORWARD_WECHAT_MESSAGES: v.optional(v.picklist(['true', 'false']), 'false'),
  }),
  v.forward(
    v.check(
      ({ WECHAT_PUSH_TOKEN, WECHAT_PUSH_AES_KEY, WECHAT_PUSH_PLAINTEXT }) =>
        WECHAT_PUSH_TOKEN === undefined ||
        WECHAT_PUSH_AES_KEY !== undefined ||
        WECHAT_PUSH_PLAINTEXT === 'true',
      'Expected the EncodingAESKey that belongs to WECHAT_PUSH_TOKEN',
    ),
    ['WECHAT_PUSH_AES_KEY'],
  ),
  v.transform((env) => ({
    ...(env.WECHAT_PUSH_TOKEN === undefined ? {} : { token: env.WECHAT_PUSH_TOKEN }),
    ...(env.WECHAT_PUSH_AES_KEY === undefined ? {} : { aesKey: env.WECHAT_PUSH_AES_KEY }),
    allowPlaintext: env.WECHAT_PUSH_PLAINTEXT === 'true',
    forwardMessages: env.FORWARD_WECHAT_MESSAGES === 'true',
  })),
);

const events = v.pipe(
  v.object({ EVENT_BUS_NAME: v.exactOptional(v.string()) }),
  v.transform((env) => (env.EVENT_BUS_NAME === undefined ? {} : { busName: env.EVENT_BUS_NAME })),
);

const publishing = v.pipe(
  v.object({ EVENT_BUS_NAME: v.string(), PUBLISHED_EVENTS: v.optional(publishedEvents, DEFAULT_EVENTS) }),
  v.transform((env) => ({ busName: env.EVENT_BUS_NAME, published: env.PUBLISHED_EVENTS })),
);

const metrics = v.pipe(
  v.object({
    METRICS_NAMESPACE: v.exactOptional(
      v.pipe(v.string(), v.regex(/^[\w./#:-]{1,255}$/, 'Expected the name of a CloudWatch namespace')),
    ),
  }),
  v.transform((env) => (env.METRICS_NAMESPACE === undefined ? {} : { namespace: env.METRICS_NAMESPACE })),
);

const arn = v.pipe(v.string(), v.regex(/^arn:[\w-]+:[\w-]+:.+$/, 'Expected an ARN'));

const schedules = v.pipe(
  v.object({
    SCHEDULE_GROUP_NAME: v.pipe(
      v.string(),
      v.regex(/^[\w.-]{1,64}$/, 'Expected the name of a schedule group'),
    ),
    SCHEDULE_ROLE_ARN: arn,
    START_RUN_FUNCTION_ARN: arn,
  }),
  v.transform((env) => ({
    groupName: env.SCHEDULE_GROUP_NAME,
    roleArn: env.SCHEDULE_ROLE_ARN,
    functionArn: env.START_RUN_FUNCTION_ARN,
  })),
);

/** The settings of each part of the service: what is read, its rule, its default. */
export const settingsParts = {
  app,
  wechat,
  sessions,
  apiKeys,
  grants,
  messages,
  templates,
  sending,
  table,
  queue,
  eventQueue,
  campaignQueue,
  push,
  events,
  publishing,
  schedules,
  metrics,
};

/** A part of the service that has settings. */
export type SettingsPart = keyof typeof settingsParts;
