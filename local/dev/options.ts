import { parseArgs } from 'node:util';
import * as v from 'valibot';
import type { StackOptions } from '../stack/stack.ts';

/** Settings of the service that `npm run dev` hands on when they are set. */
const HANDED_ON = [
  'WECHAT_APP_ID',
  'WECHAT_APP_SECRET',
  'WECHAT_PROXY_URL',
  'WECHAT_TOKEN_MODE',
  'SESSION_SECRET',
  'SESSION_TTL_HOURS',
  'GRANT_SOURCE',
  'USER_SENDABLE_TEMPLATES',
  'MAX_SENDS_PER_SECOND',
  'WECHAT_PUSH_TOKEN',
  'WECHAT_PUSH_AES_KEY',
  'WECHAT_PUSH_PLAINTEXT',
];

export const DEFAULT_API_PORT = 3000;
export const DEFAULT_WECHAT_PORT = 3100;
export const DEFAULT_PHONE_PORT = 3200;

/** Long enough that a sender has written WeChat's answer down when the event about its send arrives. */
export const EVENTS_AFTER_MS = 300;

/** Thrown for an option or a variable that cannot be used; the message is for the person at the terminal. */
export class DevOptionsError extends Error {
  readonly code = 'dev-options';
}

/** What the person at the terminal asked for. */
export type DevCommand =
  | { type: 'help' }
  | {
      type: 'start';
      port: number;
      wechatPort: number;
      phonePort: number;
      stack: Omit<StackOptions, 'port' | 'wechatPort'>;
    };

/** Reads the command line and the environment. Throws a DevOptionsError. */
export function readDevOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): DevCommand {
  const { help, data } = readArguments(args);
  if (help) return { type: 'help' };
  const { WECHAT_API_BASE_URL, AWS_ENDPOINT_URL_DYNAMODB } = env;
  return {
    type: 'start',
    port: readPort(env, 'PORT', DEFAULT_API_PORT),
    wechatPort: readPort(env, 'WECHAT_SIMULATOR_PORT', DEFAULT_WECHAT_PORT),
    phonePort: readPort(env, 'PHONE_PORT', DEFAULT_PHONE_PORT),
    stack: {
      pushEvents: { delayMs: EVENTS_AFTER_MS },
      // With the simulated WeChat a newcomer's first reminder goes through; it reaches no real user.
      settings: { ...(WECHAT_API_BASE_URL ? {} : { USER_SENDABLE_TEMPLATES: '*' }), ...handedOn(env) },
      ...(data === undefined ? {} : { dataDir: data }),
      ...(WECHAT_API_BASE_URL ? { wechatBaseUrl: WECHAT_API_BASE_URL } : {}),
      ...(AWS_ENDPOINT_URL_DYNAMODB ? { dynamodbEndpoint: AWS_ENDPOINT_URL_DYNAMODB } : {}),
      ...(env['WECHAT_APP_ID'] ? { appId: env['WECHAT_APP_ID'] } : {}),
      ...(env['WECHAT_APP_SECRET'] ? { appSecret: env['WECHAT_APP_SECRET'] } : {}),
    },
  };
}

function readArguments(args: readonly string[]): { help?: boolean; data?: string } {
  try {
    const options = { help: { type: 'boolean', short: 'h' }, data: { type: 'string' } } as const;
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DevOptionsError(`${reason}\nSee \`npm run dev -- --help\`. 请看 \`npm run dev -- --help\`。`);
  }
}

const portSchema = v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number), v.maxValue(65_535));

function readPort(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  otherwise: number,
): number {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const parsed = v.safeParse(portSchema, text);
  if (parsed.success) return parsed.output;
  throw new DevOptionsError(
    `${name} must be a port from 0 (any free one) to 65535. ${name} 必须是 0（任意空闲端口）到 65535 的端口号。`,
  );
}

function handedOn(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(HANDED_ON.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}
