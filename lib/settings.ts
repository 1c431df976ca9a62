import * as v from 'valibot';
import { brokenRule } from './broken-rule.ts';
import { type SettingsPart, settingsParts } from './settings/parts.ts';

/** The environment: names to texts. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Every setting, by the part of the service that needs it. */
export type Settings = { readonly [P in SettingsPart]: v.InferOutput<(typeof settingsParts)[P]> };

/** Settings are missing or wrong. The message lists every one of them by name with its rule, and no value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'bad-settings';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Correct these settings and start again:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Reads the settings of the parts asked for, so that a function needs only what it uses.
 * An empty text counts as absent. Secrets are taken from `env` too ({@link loadSecrets} puts them there).
 *
 * @throws SettingsError that names all bad ones at once
 */
export function readSettings<P extends SettingsPart>(env: Env, parts: readonly P[]): Pick<Settings, P>;
export function readSettings(env: Env, parts: readonly SettingsPart[]): unknown {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, text]) => text !== undefined && text !== ''),
  );
  const schema = v.object(Object.fromEntries(parts.map((part) => [part, settingsParts[part]])));
  const result = v.safeParse(schema, Object.fromEntries(parts.map((part) => [part, given])));
  if (result.success) return result.output;
  throw new SettingsError([...new Set(result.issues.map(settingProblem))].sort());
}

function settingProblem(issue: v.BaseIssue<unknown>): string {
  const [, ...path] = issue.path ?? [];
  const name = path.map(({ key }) => String(key)).join('.');
  return name ? `${name}: ${brokenRule(issue)}` : brokenRule(issue);
}
