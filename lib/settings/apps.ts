import * as v from 'valibot';
import { APP_ID_FORM } from './setting-values.ts';
import type { Environment, SecretName } from './settings.ts';

/** A mini program of the stage, with the settings that are its own. */
export interface App {
  readonly appId: string;
  /** The stage's first, whose settings are the stage's own variables. */
  readonly isFirst: boolean;
  /** What the owner calls it. */
  readonly name?: string;
  /** The owner took it out: its data can be read and erased, and nothing is sent for it. */
  readonly isStopped: boolean;
  /** Why its settings cannot be read, if so. */
  readonly problem?: string;
  /** SSM does not give its parameters: what was known of it before still counts. */
  readonly isRefused?: true;
  /** The stage's variables, with its own in place of the first app's. */
  readonly env: Environment;
}

/** The parameters of an app's secrets, under its path, by the names of their variables. */
export const APP_SECRETS = {
  WECHAT_APP_SECRET: 'app-secret',
  WECHAT_PUSH_TOKEN: 'push-token',
  WECHAT_PUSH_AES_KEY: 'push-aes-key',
} as const satisfies Partial<Record<SecretName, string>>;

/** Settings that an app has of its own. What it does not set has its default, not the first app's value. */
export const OWN = [
  'SENDING',
  'GRANT_SOURCE',
  'USER_SENDABLE_TEMPLATES',
  'MAX_SENDS_PER_SECOND',
  'TEMPLATE_ALIASES',
  'APP_PAGES',
  'WECHAT_PUSH_PLAINTEXT',
  'FORWARD_WECHAT_MESSAGES',
] as const;

/** Settings that an app shares with the stage unless it sets them. */
const SHARED = ['WECHAT_API_BASE_URL', 'WECHAT_PROXY_URL', 'WECHAT_TOKEN_MODE'] as const;

/** The settings that an app's parameter may hold, by their variables' names. */
export const APP_SETTING_NAMES = [...OWN, ...SHARED] as const;

/** What stands in an app's `settings` parameter. What a newer version wrote besides is left alone. */
export const appSettings = v.object({
  name: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
  ...v.partial(v.object(v.entriesFromList(APP_SETTING_NAMES, v.string()))).entries,
});

export const storedAppSettings = v.pipe(v.string(), v.parseJson(), appSettings);

/** The name of an app's parameter, below the path of the stage's apps. */
export function appParameter(path: string, appId: string, name: 'settings' | AppSecretParameter): string {
  return `${path}/${appId}/${name}`;
}

/** The last part of the name of a parameter that holds an app's secret. */
export type AppSecretParameter = (typeof APP_SECRETS)[keyof typeof APP_SECRETS];

/** The appids in the parameter that lists a stage's other apps; what is no appid is left out. */
export function readAppList(text: string): readonly string[] {
  const appIds = text.split(',').map((part) => part.trim());
  return [...new Set(appIds.filter((appId) => APP_ID_FORM.test(appId)))];
}

/** Thrown for an appid that the stage does not have. */
export class UnknownAppError extends Error {
  override readonly name = 'UnknownAppError';
  readonly code = 'unknown-app';
  constructor(appId: string) {
    super(`This stage has no mini program ${appId}. npm run setup -- --app adds one.`);
  }
}

/** Thrown for a mini program whose settings are wrong. The message names them, and no value. */
export class AppNotReadyError extends Error {
  override readonly name = 'AppNotReadyError';
  readonly code = 'app-not-ready';
  constructor(appId: string, problems: readonly string[]) {
    super(
      `The settings of the mini program ${appId} are wrong, and nothing is done for it. Correct them by npm run setup -- --app ${appId}: ${problems.join('; ')}`,
    );
  }
}
