import { readSettings, SettingsError } from '../../lib/settings/settings.ts';
import { CommandError } from '../command-line.ts';
import { findingLines } from '../doctor/texts.ts';
import { say } from '../language.ts';
import { paramLine } from '../quotas/judge-concurrency.ts';
import type { StageQuotas } from '../quotas/probe-quotas.ts';
import { type AskServices, withAppSecret } from './ask-app-secret.ts';
import type { ParameterNames, SecretKind } from './parameter-names.ts';
import type { SecretStore, StoredSecrets } from './parameter-store.ts';
import { type Change, planSetup, type Wishes } from './plan.ts';
import type { Questions } from './questions.ts';
import type { RandomInt } from './random-text.ts';
import { changeLine, consoleLines, nextLines, problemText, questionText, shownLine } from './texts.ts';

/** What a setup is done with. */
export interface SetupServices extends AskServices {
  readonly names: ParameterNames;
  readonly store: SecretStore;
  readonly random: RandomInt;
  /** undefined where AWS is not to be asked for its quotas. */
  readonly quotas: (() => Promise<StageQuotas>) | undefined;
}

/** What is to be set up. */
export interface SetupOrder {
  /** As the options of a command name it. */
  readonly stage: string;
  readonly appId: string | undefined;
  /** What was deployed under this name already. */
  readonly deployed: { readonly apiUrl: string | undefined } | undefined;
  readonly wishes: Wishes;
  readonly dryRun: boolean;
}

/** Sets a stage up. Returns whether its credentials may work. @throws CommandError for what stands against it */
export async function setUp(services: SetupServices, order: SetupOrder): Promise<boolean> {
  const { names, store, questions, random, print } = services;
  const { deployed, dryRun } = order;
  const stored = await store.read();
  const appId = order.appId ?? (await questions?.appId());
  if (appId === undefined)
    throw new CommandError(
      say('Give the appid by --app-id or WECHAT_APP_ID.', '请用 --app-id 或 WECHAT_APP_ID 给出 AppID。'),
    );
  const { given, isGood } = await withAppSecret(services, order.wishes, appId, stored);
  if (!isGood) return false;
  const plan = planSetup(stored, { ...order.wishes, given }, random);
  if (plan.type === 'impossible') throw new CommandError(problemText(plan.problem));
  const { changes } = plan;
  assertUsable(appId, stored, changes);
  const isChanged = changes.some(({ action }) => action !== 'keep');
  if (isChanged && !dryRun && !(await isAgreed(questions, changes, names))) return false;
  for (const change of changes) {
    if (change.action !== 'keep' && !dryRun)
      await store.write(change.kind, change.value, change.action === 'replace');
    print(changeLine(change, names.parameters[change.kind]));
    if (!dryRun && 'shown' in change && change.shown !== undefined)
      print(shownLine(change.kind, change.shown));
  }
  if (dryRun) {
    print(say('Nothing was changed (--dry-run).', '未做任何改动。'));
    return true;
  }
  const keyIsShown = changes.some((change) => change.kind === 'push-token' && 'shown' in change);
  const { apiUrl } = deployed ?? {};
  print('');
  for (const line of consoleLines({ ...(apiUrl !== undefined && { apiUrl }), keyIsShown })) print(line);
  print('');
  const { findings = [], params = {} } = (await services.quotas?.()) ?? {};
  for (const line of findings.flatMap(findingLines)) print(line);
  print('');
  for (const line of nextLines({
    stage: order.stage,
    params: paramLine(params),
    appId,
    isDeployed: deployed !== undefined,
    isChanged,
  }))
    print(line);
  return true;
}

/** The names by which the service knows the secrets. */
const SETTINGS = {
  'app-secret': 'WECHAT_APP_SECRET',
  'session-secret': 'SESSION_SECRET',
  'api-keys': 'API_KEYS',
  'push-token': 'WECHAT_PUSH_TOKEN',
  'push-aes-key': 'WECHAT_PUSH_AES_KEY',
} as const satisfies Record<SecretKind, string>;

/** Whether the functions would start with all of this, what is kept included. @throws CommandError that names what is wrong */
function assertUsable(appId: string, stored: StoredSecrets, changes: readonly Change[]): void {
  const env = Object.fromEntries(
    changes.map((change) => [
      SETTINGS[change.kind],
      change.action === 'keep' ? stored[change.kind] : change.value,
    ]),
  );
  try {
    readSettings({ ...env, WECHAT_APP_ID: appId }, ['app', 'wechat', 'sessions', 'apiKeys', 'push']);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new CommandError(
      say(
        `The service would not start with these:\n${error.problems.map((problem) => `  ${problem}`).join('\n')}\nCorrect what you gave, or make a stored one anew by --rotate.`,
        `服务无法用这些内容启动：\n${error.problems.map((problem) => `  ${problem}`).join('\n')}\n请修正，或用 --rotate 重新生成。`,
      ),
    );
  }
}

async function isAgreed(
  questions: Questions | undefined,
  changes: readonly Change[],
  { parameters }: ParameterNames,
): Promise<boolean> {
  if (!questions) return true;
  const written = changes.filter(({ action }) => action !== 'keep');
  return questions.agree(
    questionText(written.map(({ kind, action }) => ({ name: parameters[kind], action }))),
  );
}
