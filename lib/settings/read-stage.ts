import * as v from 'valibot';
import { APP_SECRETS, type App, appParameter, OWN, readAppList, storedAppSettings } from './apps.ts';
import {
  type FetchParameters,
  readParameters,
  SecretsError,
  secretParameters,
  withSecrets,
} from './secrets.ts';
import type { Environment, SecretName } from './settings.ts';

/** What a stage is set to at one moment. */
export interface StageSettings {
  /** The stage's and its first app's variables, with the secrets that were asked for. */
  readonly env: Environment;
  /** The first app first. */
  readonly apps: readonly App[];
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
