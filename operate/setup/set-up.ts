import { readSettings, SettingsError } from '../../lib/settings/settings.ts';
import type { Credentials } from '../../lib/wechat/fetch-access-token.ts';
import { CommandError } from '../command-line.ts';
import { findingLines } from '../doctor/texts.ts';
import { paramLine } from '../quotas/judge-concurrency.ts';
import type { StageQuotas } from '../quotas/probe-quotas.ts';
import type { CredentialVerdict } from './check-credentials.ts';
import type { ParameterNames, SecretKind } from './parameter-names.ts';
import type { SecretStore, StoredSecrets } from './parameter-store.ts';
import { type Change, planSetup, type Wishes } from './plan.ts';
import type { Questions } from './questions.ts';
import type { RandomInt } from './random-text.ts';
import { changeLine, consoleLines, nextLines, problemText, shownLine, verdictLines } from './texts.ts';

/** What a setup is done with. */
export interface SetupServices {
  readonly names: ParameterNames;
  readonly store: SecretStore;
  /** undefined where nobody can be asked. */
  readonly questions: Questions | undefined;
  /** undefined where WeChat is not to be asked. */
  readonly check: ((credentials: Credentials) => Promise<CredentialVerdict>) | undefined;
  readonly random: RandomInt;
  /** undefined where AWS is not to be asked for its quotas. */
  readonly quotas: (() => Promise<StageQuotas>) | undefined;
  readonly print: (line: string) => void;
}

/** What is to be set up. */
export interface SetupOrder {
  readonly stage: string;
  /** Where the person said otherwise than the environment. */
  readonly region?: string | undefined;
  readonly appId: string | undefined;
  /** What was deployed under this name already. */
  readonly deployed: { readonly apiUrl: string | undefined } | undefined;
  readonly wishes: Wishes;
  readonly dryRun: boolean;
}

/** How often a wrong AppSecret may be typed. */
const TRIES = 3;

/** Sets a stage up. Returns whether its credentials may work. @throws CommandError for what stands against it */
export async function setUp(services: SetupServices, order: SetupOrder): Promise<boolean> {
  const { names, store, questions, random, print } = services;
  const { deployed, dryRun } = order;
  const stored = await store.read();
  const appId = order.appId ?? (await questions?.appId());
  if (appId === undefined)
    throw new CommandError(
      'Give the appid by --app-id or WECHAT_APP_ID. 请用 --app-id 或 WECHAT_APP_ID 给出 AppID。',
    );
  const { given, isGood } = await withAppSecret(services, order, appId, stored);
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
    print('Nothing was changed (--dry-run). 未做任何改动。');
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
    stage: namedStage(order),
    params: paramLine(params),
    appId,
    isDeployed: deployed !== undefined,
    isChanged,
  }))
    print(line);
  return true;
}

function namedStage({ stage, region }: SetupOrder): string {
  return region === undefined ? stage : `${stage} --region ${region}`;
}

/** Has WeChat check the AppSecret before it is stored; a person who typed a wrong one may type another. */
async function withAppSecret(
  { questions, check, print }: SetupServices,
  { wishes: { given, rotate } }: SetupOrder,
  appId: string,
  stored: StoredSecrets,
): Promise<{ given: Wishes['given']; isGood: boolean }> {
  const isKept = stored['app-secret'] !== undefined && !rotate.has('app-secret');
  for (let attempt = 1; ; attempt++) {
    const isTyped = !isKept && given['app-secret'] === undefined;
    const appSecret = isKept ? stored['app-secret'] : (given['app-secret'] ?? (await questions?.appSecret()));
    if (appSecret === undefined) throw new CommandError(problemText('no-app-secret'));
    const verdict = await check?.({ appId, appSecret });
    if (verdict) for (const line of verdictLines(verdict)) print(line);
    if (verdict?.type !== 'wrong')
      return { given: isKept ? given : { ...given, 'app-secret': appSecret }, isGood: true };
    if (isKept) print('To store another AppSecret 若要更换: --rotate app-secret');
    if (!isTyped || attempt === TRIES) return { given, isGood: false };
  }
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
      `The service would not start with these:\n${error.problems.map((problem) => `  ${problem}`).join('\n')}\nCorrect what you gave, or make a stored one anew by --rotate. 请修正，或用 --rotate 重新生成。`,
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
  const list = written.map(({ kind, action }) => `  ${action === 'make' ? '+' : '~'} ${parameters[kind]}`);
  return questions.agree(`Write these parameters 写入以下参数?\n${list.join('\n')}`);
}
