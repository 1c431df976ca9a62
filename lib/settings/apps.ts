import * as v from 'valibot';
import {
  type FetchParameters,
  readParameters,
  SecretsError,
  secretParameters,
  withSecrets,
} from './secrets.ts';
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

/** What a stage is set to at one moment. */
export interface StageSettings {
  /** The stage's and its first app's variables, with the secrets that were asked for. */
  readonly env: Environment;
  /** The first app first. */
  readonly apps: readonly App[];
}

/** The parameters of an app's secrets, under its path, by the names of their variables. */
export const APP_SECRETS = {
  WECHAT_APP_SECRET: 'app-secret',
  WECHAT_PUSH_TOKEN: 'push-token',
  WECHAT_PUSH_AES_KEY: 'push-aes-key',
} as const satisfies Partial<Record<SecretName, string>>;

/** Settings that an app has of its own. What it does not set has its default, not the first app's value. */
const OWN = [
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

const storedAppSettings = v.pipe(v.string(), v.parseJson(), appSettings);

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

/**
 * Reads a stage's settings with the secrets asked for, of each app. The list of the other apps comes with the
 * first one's secrets, in one call; where there are none, that call is all.
 *
 * @throws SecretsError that names the first app's parameters that are missing, or says that SSM did not answer
 */
export async function readStage(
  env: Environment,
  secrets: readonly SecretName[],
  fetchParameters: FetchParameters,
): Promise<StageSettings> {
  const path = env['APPS_PATH'] || undefined;
  const names = [...secretParameters(env, secrets), ...(path ? [path] : [])];
  const values = await readParameters(names, fetchParameters);
  const stageEnv = withSecrets(env, secrets, values);
  const first: App = {
    appId: env['WECHAT_APP_ID'] ?? '',
    isFirst: true,
    isStopped: isStopped({ SENDING: env['SENDING'] }),
    env: stageEnv,
  };
  const listed = path ? readAppList(values.get(path) ?? '') : [];
  const others = listed.filter((appId) => appId !== first.appId);
  if (path === undefined || others.length === 0) return { env: stageEnv, apps: [first] };
  const wanted = Object.entries(APP_SECRETS).filter(([name]) => secrets.some((secret) => secret === name));
  const parametersOf = (appId: string) => [
    appParameter(path, appId, 'settings'),
    ...wanted.map(([, parameter]) => appParameter(path, appId, parameter)),
  ];
  const own = await readOwn(others, parametersOf, fetchParameters);
  return { env: stageEnv, apps: [first, ...own.map((app) => appOf(app, path, stageEnv))] };
}

/** An app's parameters, or why SSM refuses them. */
interface OwnParameters {
  readonly appId: string;
  readonly values: ReadonlyMap<string, string>;
  readonly refusal?: string;
}

/**
 * Reads the parameters of apps. One that may not be decrypted fails a whole call of SSM's, which does not say
 * which: they are read by halves then, so that it stops its own app and no other.
 *
 * @throws SecretsError that says that SSM did not answer
 */
async function readOwn(
  appIds: readonly string[],
  parametersOf: (appId: string) => readonly string[],
  fetchParameters: FetchParameters,
): Promise<readonly OwnParameters[]> {
  try {
    const values = await readParameters(appIds.flatMap(parametersOf), fetchParameters);
    return appIds.map((appId) => ({ appId, values }));
  } catch (error) {
    if (!(error instanceof SecretsError) || error.code !== 'secrets-refused') throw error;
    const [appId = '', ...others] = appIds;
    if (others.length === 0) return [{ appId, values: new Map(), refusal: error.message }];
    const middle = Math.ceil(appIds.length / 2);
    return [
      ...(await readOwn(appIds.slice(0, middle), parametersOf, fetchParameters)),
      ...(await readOwn(appIds.slice(middle), parametersOf, fetchParameters)),
    ];
  }
}

function appOf({ appId, values, refusal }: OwnParameters, path: string, stageEnv: Environment): App {
  const parameter = appParameter(path, appId, 'settings');
  const stored = v.safeParse(storedAppSettings, values.get(parameter) ?? '{}');
  const { name, ...settings } = stored.success ? stored.output : {};
  const secrets = Object.entries(APP_SECRETS).map(([variable, secret]) => [
    variable,
    values.get(appParameter(path, appId, secret)),
  ]);
  const defaults = Object.fromEntries(OWN.map((variable) => [variable, undefined]));
  return {
    appId,
    isFirst: false,
    ...(name !== undefined && { name }),
    isStopped: isStopped(settings),
    ...(!stored.success && { problem: `${parameter}: Expected a JSON object of setting names and texts` }),
    ...(refusal !== undefined && { problem: refusal, isRefused: true }),
    env: { ...stageEnv, ...defaults, ...settings, ...Object.fromEntries(secrets), WECHAT_APP_ID: appId },
  };
}

function isStopped({ SENDING }: { readonly SENDING?: string | undefined }): boolean {
  return SENDING === 'stopped';
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
