import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { issueMessage } from '../../lib/issue-message.ts';
import {
  APP_SECRETS,
  type App,
  type AppSecretParameter,
  appParameter,
  appSettings,
} from '../../lib/settings/apps.ts';
import { readSettings, SettingsError } from '../../lib/settings/settings.ts';
import { CommandError } from '../command-line.ts';
import { say } from '../language.ts';
import { readStageApps } from '../stage-apps.ts';
import { type Change, givenSecret, madeSecret, type Wishes } from './plan.ts';
import type { RandomInt } from './random-text.ts';

/** The secrets of one mini program, as `--rotate` calls them. */
export const APP_SECRET_KINDS: readonly AppSecretParameter[] = Object.values(APP_SECRETS);

/** What is stored of one mini program. */
export interface StoredApp {
  readonly settings: string | undefined;
  readonly secrets: Readonly<Partial<Record<AppSecretParameter, string>>>;
}

/** The settings of a mini program as they stand in its parameter; what a newer version wrote stays. */
export type RawSettings = Readonly<Record<string, unknown>>;

const rawSettings = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

/** Reads stored settings. @throws CommandError when they are no JSON object */
export function readRawSettings(stored: string | undefined, parameter: string): RawSettings {
  const read = v.safeParse(rawSettings, stored ?? '{}');
  if (read.success) return read.output;
  throw new CommandError(
    say(
      `The parameter ${parameter} is not a JSON object of settings. Correct or delete it, then run this again.`,
      `参数 ${parameter} 不是 JSON 对象，请修正或删除后重试。`,
    ),
  );
}

/**
 * The settings after the changes that are wanted; an empty text takes one away, which gives it its default. One that was
 * removed, whose AppSecret is gone, is taken up again.
 */
export function changedSettings(
  stored: RawSettings,
  wanted: Readonly<Record<string, string>>,
  { isRemoved }: { readonly isRemoved: boolean },
): RawSettings {
  const { SENDING: _, ...others } = stored;
  const changed = { ...(isRemoved ? others : stored), ...wanted };
  return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== ''));
}

/** What becomes of an app's settings. */
export type SettingsChange =
  | { readonly action: 'keep' }
  | { readonly action: 'make' | 'replace'; readonly value: string };

/** The change of the parameter that holds an app's settings. */
export function settingsChange(stored: string | undefined, wanted: RawSettings): SettingsChange {
  const value = JSON.stringify(wanted);
  if (stored === undefined) return { action: 'make', value };
  return isDeepStrictEqual(JSON.parse(stored), wanted) ? { action: 'keep' } : { action: 'replace', value };
}

/** The changes of an app's secrets in the order in which they are written; undefined without an AppSecret. */
export function planAppSecrets(
  stored: StoredApp['secrets'],
  wishes: Pick<Wishes, 'rotate' | 'given'>,
  random: RandomInt,
): readonly Change[] | undefined {
  const appSecret = givenSecret('app-secret', stored, wishes);
  return (
    appSecret && [
      appSecret,
      madeSecret('push-token', stored, wishes, random),
      madeSecret('push-aes-key', stored, wishes, random),
    ]
  );
}

/** Of a standard parameter, in bytes. */
const MOST_BYTES = 4096;

/**
 * Makes sure that the functions would take an app with these parameters, which are read as they read them.
 *
 * @throws CommandError that names what is wrong, and no value
 */
export async function assertAppUsable(
  appsPath: string,
  appId: string,
  app: StoredApp & { readonly settings: string },
): Promise<void> {
  const values = new Map([
    [appsPath, appId],
    [appParameter(appsPath, appId, 'settings'), app.settings],
    ...Object.entries(app.secrets).map(([kind, value]) => [`${appsPath}/${appId}/${kind}`, value] as const),
  ]);
  const [, read] = await readStageApps({ appsPath, firstAppId: '' }, async () => values);
  const problems = [...formProblems(app.settings), ...(read ? startProblems(read) : [])];
  if (problems.length === 0) return;
  throw new CommandError(
    say(
      `The service would not take ${appId} with these:\n${problems.map((problem) => `  ${problem}`).join('\n')}\nCorrect what you gave, or make a stored secret anew by --rotate.`,
      `${appId} 不能使用这些内容：\n${problems.map((problem) => `  ${problem}`).join('\n')}\n请修正给出的内容，或用 --rotate 重新生成已存储的密钥。`,
    ),
  );
}

function formProblems(settings: string): string[] {
  const bytes = Buffer.byteLength(settings);
  const form = v.safeParse(appSettings, JSON.parse(settings));
  return [
    ...(form.issues ?? []).map((issue) => `${v.getDotPath(issue) ?? 'settings'}: ${issueMessage(issue)}`),
    ...(bytes > MOST_BYTES
      ? [`all settings together: ${bytes} bytes, and a parameter holds ${MOST_BYTES}`]
      : []),
  ];
}

/** What is wrong with an app's settings and secrets, as each function would say. */
export function startProblems({ env }: Pick<App, 'env'>): readonly string[] {
  try {
    readSettings(env, ['app', 'wechat', 'grants', 'messages', 'templates', 'sending', 'push']);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems;
  }
}
