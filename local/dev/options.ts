import * as v from 'valibot';
import { issueMessage } from '../../lib/issue-message.ts';
import { fetchFromSsm } from '../../lib/runtime/aws.ts';
import { readStage } from '../../lib/settings/read-stage.ts';
import { httpUrl } from '../../lib/settings/setting-values.ts';
import { type Environment, SECRET_NAMES, SettingsError } from '../../lib/settings/settings.ts';
import { UsageError } from '../../operate/command-line.ts';
import { say } from '../../operate/language.ts';
import { ownersSettings, stackSettingProblems } from '../stack/check-settings.ts';
import type { StackApp } from '../stack/more-apps.ts';
import { plannedVariables } from '../stack/resources.ts';
import { readServiceDefinition } from '../stack/service-definition.ts';
import type { StackOptions } from '../stack/stack.ts';

export const DEFAULT_API_PORT = 3000;
export const DEFAULT_WECHAT_PORT = 3100;
export const DEFAULT_PHONE_PORT = 3200;

/** Long enough that a sender has written WeChat's answer down when the event about its send arrives. */
export const EVENTS_AFTER_MS = 300;

/** What is to be started, and where. */
export interface DevOptions {
  readonly port: number;
  readonly wechatPort: number;
  readonly phonePort: number;
  readonly stack: Omit<StackOptions, 'port' | 'wechatPort'>;
  /** Variables that are set though the stack sets them itself. */
  readonly notTaken: readonly string[];
}

const portRule = 'Expected a port from 0 (any free one) to 65535';
const port = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/, portRule),
  v.transform(Number),
  v.maxValue(65_535, portRule),
);

/** The variables that are of `npm run dev` alone. */
const ownVariables = v.object({
  PORT: v.optional(port, `${DEFAULT_API_PORT}`),
  WECHAT_SIMULATOR_PORT: v.optional(port, `${DEFAULT_WECHAT_PORT}`),
  PHONE_PORT: v.optional(port, `${DEFAULT_PHONE_PORT}`),
  AWS_ENDPOINT_URL_DYNAMODB: v.exactOptional(httpUrl),
  AWS_ENDPOINT_URL: v.exactOptional(httpUrl),
  /** As a deployment takes it, and of this machine's too. */
  WEBHOOK_URL: v.exactOptional(httpUrl),
  WEBHOOK_SECRET: v.exactOptional(
    v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/, 'Expected visible ASCII characters')),
  ),
});

/**
 * Reads the environment: the variables of `npm run dev`, and every setting of the service, secrets in SSM parameters included.
 *
 * @throws SettingsError that names all bad ones at once; SecretsError; UsageError for an option
 */
export async function readDevOptions(
  variables: Environment,
  { data: dataDir, apps = '1' }: { readonly data?: string; readonly apps?: string } = {},
): Promise<DevOptions> {
  const moreApps = appCount(apps) - 1;
  const definition = await readServiceDefinition();
  const stage = await readStage(given(variables), SECRET_NAMES, fetchFromSsm(given(variables)));
  const env = given(stage.env);
  const own = v.safeParse(ownVariables, env);
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_DYNAMODB = AWS_ENDPOINT_URL } = env;
  const { WECHAT_API_BASE_URL, WECHAT_APP_ID, WECHAT_APP_SECRET, TABLE_NAME } = env;
  if (moreApps > 0 && WECHAT_API_BASE_URL !== undefined) {
    throw new UsageError(
      say(
        '--apps needs the simulated WeChat: unset WECHAT_API_BASE_URL.',
        '--apps 只能用于模拟的微信：请去掉 WECHAT_API_BASE_URL。',
      ),
    );
  }
  const stack = {
    pushEvents: { delayMs: EVENTS_AFTER_MS },
    // With the simulated WeChat a newcomer's first reminder goes through; it reaches no real user.
    settings: {
      ...(WECHAT_API_BASE_URL === undefined && { USER_SENDABLE_TEMPLATES: '*' }),
      ...picked(env, ownersSettings(definition)),
    },
    ...(moreApps > 0 && { moreApps: Array.from({ length: moreApps }, (_, n) => anotherApp(n + 2)) }),
    ...(dataDir !== undefined && { dataDir }),
    ...(WECHAT_API_BASE_URL !== undefined && { wechatBaseUrl: WECHAT_API_BASE_URL }),
    ...(AWS_ENDPOINT_URL_DYNAMODB !== undefined && { dynamodbEndpoint: AWS_ENDPOINT_URL_DYNAMODB }),
    ...(TABLE_NAME !== undefined && { tableName: TABLE_NAME }),
    ...(WECHAT_APP_ID !== undefined && { appId: WECHAT_APP_ID }),
    ...(WECHAT_APP_SECRET !== undefined && { appSecret: WECHAT_APP_SECRET }),
  };
  const problems = [
    ...(own.issues ?? []).map((issue) => `${issue.path?.[0].key}: ${issueMessage(issue)}`),
    ...stackSettingProblems(stack, definition),
  ];
  if (!own.success || problems.length > 0) throw new SettingsError(problems);
  const { PORT, WECHAT_SIMULATOR_PORT, PHONE_PORT, WEBHOOK_URL: url, WEBHOOK_SECRET: secret } = own.output;
  const webhook = url === undefined ? undefined : { url, ...(secret !== undefined && { secret }) };
  const notTaken = Object.keys(plannedVariables(definition)).filter(
    (name) => name in env && name !== 'TABLE_NAME',
  );
  return {
    port: PORT,
    wechatPort: WECHAT_SIMULATOR_PORT,
    phonePort: PHONE_PORT,
    stack: { ...stack, ...(webhook && { webhook }) },
    notTaken,
  };
}

/** More would only be slow to start. */
const MOST_APPS = 100;

function appCount(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_APPS) return Number(text);
  throw new UsageError(
    say(`--apps takes a whole number from 1 to ${MOST_APPS}.`, `--apps 需要 1 到 ${MOST_APPS} 的整数。`),
  );
}

/** As open to users as the first app. */
function anotherApp(number: number): StackApp {
  return { name: `App ${number}`, settings: { USER_SENDABLE_TEMPLATES: '*' } };
}

/** Without what is empty, which counts as absent. */
function given(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, text]) => (text === undefined || text === '' ? [] : [[name, text]])),
  );
}

function picked(env: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => names.includes(name)));
}
