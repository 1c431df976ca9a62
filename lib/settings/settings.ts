import * as v from 'valibot';
import { issueMessage } from '../issue-message.ts';
import { type SettingsPart, settingsParts } from './settings-parts.ts';

/** The environment variables that a function is started with. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings whose value may lie in an SSM parameter, which the variable `<name>_PARAM` names. */
export const SECRET_NAMES = [
  'WECHAT_APP_SECRET',
  'WECHAT_PUSH_TOKEN',
  'WECHAT_PUSH_AES_KEY',
  'API_KEYS',
  'SESSION_SECRET',
] as const;

/** One of {@link SECRET_NAMES}. */
export type SecretName = (typeof SECRET_NAMES)[number];

/** Every setting, by the part of the service that needs it. */
export type Settings = { readonly [P in SettingsPart]: v.InferOutput<(typeof settingsParts)[P]> };

interface SettingProblem {
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
 * as absent. Secrets are taken from `env` too, where `withSecrets` puts them.
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

/** The secrets that these parts hold. */
export function secretsOf(parts: readonly SettingsPart[]): readonly SecretName[] {
  return SECRET_NAMES.filter((name) => parts.some((part) => name in settingsParts[part].entries));
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
  return { name: keys.join('.'), rule: issueMessage(issue) };
}

/** Where the name of a field belongs, a secret may have landed: only a plain word is repeated. */
function isPlain({ type, key }: v.IssuePathItem): boolean {
  return type === 'array' || /^(sha256|[A-Z_]+|[A-Za-z]{1,12})$/.test(String(key));
}
