import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { apiKeysJson } from '../../lib/settings/setting-values.ts';
import { LOCAL_AWS } from './table.ts';

/** The API key that every local stack knows, with all scopes. It protects nothing: the stack listens on 127.0.0.1. */
export const DEV_API_KEY = 'dev-key';

/** WeChat's "Token" and "EncodingAESKey" of every local stack. They protect as little as the key above. */
const DEV_PUSH_TOKEN = 'devPushToken';
const DEV_PUSH_AES_KEY = 'devOnlyEncodingAESKeyThatProtectsNothing012';

/** The environment variables that the functions of a local stack are started with. */
export function stackEnvironment(o: {
  appId: string;
  appSecret: string;
  wechatBaseUrl: string;
  /** What the functions know of tables, queues and the like, as {@link variablesOf} reads it from serverless.yml. */
  resources: Readonly<Record<string, string>>;
  dynamodbEndpoint: string;
  sqsEndpoint: string;
  schedulerEndpoint?: string;
  eventBusEndpoint?: string;
  settings: Readonly<Record<string, string>>;
}): Record<string, string> {
  return {
    WECHAT_APP_ID: o.appId,
    WECHAT_APP_SECRET: o.appSecret,
    WECHAT_API_BASE_URL: o.wechatBaseUrl,
    SESSION_SECRET: randomBytes(32).toString('hex'),
    WECHAT_PUSH_TOKEN: DEV_PUSH_TOKEN,
    WECHAT_PUSH_AES_KEY: DEV_PUSH_AES_KEY,
    ...o.resources,
    AWS_REGION: LOCAL_AWS.region,
    AWS_ACCESS_KEY_ID: LOCAL_AWS.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_AWS.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: o.dynamodbEndpoint,
    AWS_ENDPOINT_URL_SQS: o.sqsEndpoint,
    ...(o.schedulerEndpoint !== undefined && { AWS_ENDPOINT_URL_SCHEDULER: o.schedulerEndpoint }),
    ...(o.eventBusEndpoint !== undefined && { AWS_ENDPOINT_URL_EVENTBRIDGE: o.eventBusEndpoint }),
    ...o.settings,
    API_KEYS: withDevKey(o.settings['API_KEYS'] || '[]'),
  };
}

/** The owner's keys and {@link DEV_API_KEY}. What is no list of keys stays as it is, for the check of the settings to name. */
function withDevKey(text: string): string {
  const { success, output: keys } = v.safeParse(apiKeysJson, text);
  const sha256 = createHash('sha256').update(DEV_API_KEY).digest('hex');
  if (!success || keys.some((key) => key.sha256 === sha256)) return text;
  const name = keys.some((key) => key.name === 'dev') ? `dev-${sha256.slice(0, 8)}` : 'dev';
  return JSON.stringify([...keys, { name, sha256, scopes: ['read', 'send', 'manage'] }]);
}
