import * as v from 'valibot';
import { brokenRule } from '../broken-rule.ts';
import { type SettingsPart, settingsParts } from './settings-parts.ts';

/** The environment variables that a function is started with. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Every setting, by the part of the service that needs it. */
export type Settings = { readonly [P in SettingsPart]: v.InferOutput<(typeof settingsParts)[P]> };

/** A setting that is missing or wrong. */
export interface SettingProblem {
  /** Of the environment variable. */
  readonly name: string;
  readonly rule: string;
}

/**
 * Thrown for settings that are missing or wrong. The message lists each by name with its rule, and no value.
 * It has no stack: nothing in the code is at fault.
 */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'bad-settings';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const list = [...new Set(problems)].sort();
    super(
      `Correct these settings and start again 请更正以下设置后重新启动:\n${list.map((problem) => `  ${problem}`).join('\n')}`,
    );
    this.problems = list;
    this.stack = `${this.name}: ${this.message}`;
  }
}

/**
 * Reads the settings of the parts asked for, so that a function needs only what it uses. An empty text counts
 * as absent. Secrets are taken from `env` too ({@link loadSecrets} puts them there).
 *
 * @throws SettingsError that names all bad ones at once
 */
export function readSettings<P extends SettingsPart>(
  env: Environment,
  parts: readonly P[],
): Pick<Settings, P>;
export function readSettings(env: Environment, parts: readonly SettingsPart[]): unknown {
  const result = parse(env, parts);
  if (result.success) return result.output;
  throw new SettingsError(result.issues.map(settingProblem).map(problemLine));
}

/** What is missing or wrong of all settings, without the error that {@link readSettings} throws of it. */
export function settingProblems(env: Environment): SettingProblem[] {
  return (parse(env, Object.keys(settingsParts)).issues ?? []).map(settingProblem);
}

/** One line about a setting. */
export function problemLine({ name, rule }: SettingProblem): string {
  return name === '' ? rule : `${name}: ${rule}`;
}

/** The environment variables that are read, by name. */
export function settingNames(): readonly string[] {
  return [...new Set(Object.values(settingsParts).flatMap(({ entries }) => Object.keys(entries)))];
}

function parse(env: Environment, parts: readonly string[]) {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, text]) => text !== undefined && text !== ''),
  );
  const wanted = Object.entries(settingsParts).filter(([part]) => parts.includes(part));
  const schema = v.object(Object.fromEntries(wanted));
  return v.safeParse(schema, Object.fromEntries(parts.map((part) => [part, given])));
}

function settingProblem(issue: v.BaseIssue<unknown>): SettingProblem {
  const [, ...path] = issue.path ?? [];
  const keys = path.filter(isPlain).map(({ key }) => String(key));
  return { name: keys.join('.'), rule: brokenRule(issue) };
}

/**
 * What stands where the name of a field belongs may be a secret that landed there: only a plain word is
 * repeated.
 */
function isPlain({ type, key }: v.IssuePathItem): boolean {
  return type === 'array' || /^(sha256|[A-Z_]+|[A-Za-z]{1,12})$/.test(String(key));
}

/** Settings whose value may lie in an SSM parameter, which the variable `<name>_PARAM` names. */
export const SECRET_NAMES = [
  'WECHAT_APP_SECRET',
  'WECHAT_PUSH_TOKEN',
  'WECHAT_PUSH_AES_KEY',
  'API_KEYS',
  'SESSION_SECRET',
] as const;

type SecretName = (typeof SECRET_NAMES)[number];

/** Secrets of what is off without them: their parameters need not exist. */
const OPTIONAL: ReadonlySet<SecretName> = new Set<SecretName>(['WECHAT_PUSH_TOKEN', 'WECHAT_PUSH_AES_KEY']);

/** Values of parameters by name, decrypted; those that do not exist are absent. */
export type FetchParameters = (names: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** Thrown when secrets could not be read. The message names the parameters and no value. */
export class SecretsError extends Error {
  override readonly name = 'SecretsError';
  readonly code: 'secrets-unavailable' | 'secrets-throttled';
  constructor(message: string, code: SecretsError['code'] = 'secrets-unavailable', cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** How SSM says that the account asks too often; known by its name, since the SDK is not known here. */
const throttling = v.object({ name: v.literal('ThrottlingException') });

/**
 * The environment with the secrets asked for filled in from SSM; one that is given as a plain variable is
 * left as it is. Read when a function starts and kept by its container until that ends: after changing a
 * parameter, deploy with a new `secretsRevision`, which replaces the containers at once.
 *
 * @throws SecretsError that names all parameters that do not exist and are needed, or says that SSM did not
 * answer
 */
export async function loadSecrets(
  env: Environment,
  names: readonly SecretName[],
  fetchParameters: FetchParameters,
): Promise<Environment> {
  const wanted = names.flatMap((name) => {
    const parameter = env[`${name}_PARAM`];
    return env[name] || !parameter ? [] : [{ name, parameter }];
  });
  if (wanted.length === 0) return env;
  const values = await fetchOrExplain(
    [...new Set(wanted.map(({ parameter }) => parameter))],
    fetchParameters,
  );
  const missing = wanted.filter(({ name, parameter }) => !values.has(parameter) && !OPTIONAL.has(name));
  if (missing.length > 0) {
    const list = missing.map(({ name, parameter }) => `${parameter} (${name}_PARAM)`).join(', ');
    throw new SecretsError(`Create these SSM parameters or correct their names: ${list}`);
  }
  return {
    ...env,
    ...Object.fromEntries(wanted.map(({ name, parameter }) => [name, values.get(parameter)])),
  };
}

async function fetchOrExplain(names: readonly string[], fetchParameters: FetchParameters) {
  try {
    return await fetchParameters(names);
  } catch (cause) {
    if (v.is(throttling, cause)) {
      throw new SecretsError(
        `SSM throttles reading ${names.join(', ')}: the account asks for more than its 40 a second. It is tried again at the next call; where it lasts, raise the limit in SSM's settings.`,
        'secrets-throttled',
        cause,
      );
    }
    throw new SecretsError(
      `SSM did not give ${names.join(', ')}. Check that the function's role may read and decrypt them.`,
      'secrets-unavailable',
      cause,
    );
  }
}
