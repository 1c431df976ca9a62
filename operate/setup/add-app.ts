import { appParameter } from '../../lib/settings/apps.ts';
import type { Environment } from '../../lib/settings/settings.ts';
import type { AppCredentials } from '../../lib/wechat/fetch-access-token.ts';
import { CommandError } from '../command-line.ts';
import { say } from '../language.ts';
import { type AppsPlace, enlist, readApp } from './app-parameters.ts';
import { appDoneLines, settingsLine, stoppedLine } from './app-texts.ts';
import { withAppSecret } from './ask-app-secret.ts';
import type { CredentialVerdict } from './check-credentials.ts';
import type { Change, Wishes } from './plan.ts';
import {
  assertAppUsable,
  changedSettings,
  planAppSecrets,
  type RawSettings,
  readRawSettings,
  type SettingsChange,
  settingsChange,
} from './plan-app.ts';
import type { Questions } from './questions.ts';
import type { RandomInt } from './random-text.ts';
import { changeLine, consoleLines, problemText, questionText, shownLine } from './texts.ts';

/** What the mini programs of a stage are set up with. */
export interface AppServices extends AppsPlace {
  /** undefined where nobody can be asked. */
  readonly questions: Questions | undefined;
  /** undefined where WeChat is not to be asked; the settings say where WeChat is. */
  readonly check:
    | ((credentials: AppCredentials, settings: Environment) => Promise<CredentialVerdict>)
    | undefined;
  readonly random: RandomInt;
  readonly print: (line: string) => void;
}

/** A mini program to be added to a stage, or changed. */
export interface AppOrder {
  /** As the options of a command name it. */
  readonly stage: string;
  readonly appId: string;
  /** Of the stage, where it is deployed. */
  readonly apiUrl: string | undefined;
  readonly wishes: Pick<Wishes, 'rotate' | 'given'>;
  /** By their variables' names, and `name`; an empty text takes one away. */
  readonly settings: Readonly<Record<string, string>>;
  readonly dryRun: boolean;
}

/**
 * Adds a mini program to a stage, or changes it. Its secrets and settings are written first and the list last, so
 * that the functions find it when all of it is there. Returns whether its credentials may work.
 *
 * @throws CommandError for what stands against it; nothing is written then
 */
export async function addApp(services: AppServices, order: AppOrder): Promise<boolean> {
  const { print, questions } = services;
  const plan = await planApp(services, order);
  if (!plan) return false;
  const written = changesIn(services, order, plan);
  if (written.length > 0 && !order.dryRun && questions && !(await questions.agree(questionText(written))))
    return false;
  for (const change of plan.secrets) await writeSecret(services, order, change);
  await writeSettings(services, order, plan);
  if (order.dryRun) print(say('Nothing was changed (--dry-run).', '未做任何改动。'));
  else {
    await enlist(services, order.appId);
    for (const line of endLines(order, plan, written.length > 0)) print(line);
  }
  return true;
}

/** What becomes of an app. */
interface AppPlan {
  readonly secrets: readonly Change[];
  readonly settings: SettingsChange;
  /** As they are afterwards. */
  readonly wanted: RawSettings;
  readonly isListed: boolean;
}

/** Undefined for an AppSecret that WeChat refuses. */
async function planApp(services: AppServices, order: AppOrder): Promise<AppPlan | undefined> {
  const { appsPath, print, random, questions, check } = services;
  const { appId, wishes } = order;
  const { list, ...stored } = await readApp(services, appId);
  const raw = readRawSettings(stored.settings, appParameter(appsPath, appId, 'settings'));
  const isRemoved = raw['SENDING'] === 'stopped' && stored.secrets['app-secret'] === undefined;
  const wanted = changedSettings(raw, order.settings, { isRemoved });
  const asking = { questions, print, check: check && ((c: AppCredentials) => check(c, texts(wanted))) };
  const { given, isGood } = await withAppSecret(asking, wishes, appId, stored.secrets);
  if (!isGood) return undefined;
  const secrets = planAppSecrets(stored.secrets, { ...wishes, given }, random);
  if (!secrets) throw new CommandError(problemText('no-app-secret'));
  await assertAppUsable(appsPath, appId, {
    settings: JSON.stringify(wanted),
    secrets: { ...stored.secrets, ...valuesOf(secrets) },
  });
  const settings = settingsChange(stored.settings, wanted);
  return { secrets, settings, wanted, isListed: list.includes(appId) };
}

function changesIn({ appsPath }: AppServices, { appId }: AppOrder, { secrets, settings, isListed }: AppPlan) {
  const list: { name: string; action: Change['action'] } = {
    name: appsPath,
    action: isListed ? 'keep' : 'replace',
  };
  return [
    ...secrets.map(({ kind, action }) => ({ name: `${appsPath}/${appId}/${kind}`, action })),
    { name: appParameter(appsPath, appId, 'settings'), action: settings.action },
    list,
  ].filter(({ action }) => action !== 'keep');
}

async function writeSettings(
  { appsPath, parameters, print }: AppServices,
  { appId, dryRun }: AppOrder,
  { settings, wanted }: AppPlan,
): Promise<void> {
  const name = appParameter(appsPath, appId, 'settings');
  if (settings.action !== 'keep' && !dryRun)
    await parameters.write(name, settings.value, { type: 'String', replace: settings.action === 'replace' });
  print(settingsLine(name, settings.action, Object.keys(wanted)));
}

function endLines(order: AppOrder, { secrets, wanted, isListed }: AppPlan, isChanged: boolean): string[] {
  const { appId, apiUrl, stage } = order;
  const keyIsShown = secrets.some((change) => change.kind === 'push-token' && 'shown' in change);
  return [
    '',
    ...consoleLines({ appId, keyIsShown, ...(apiUrl !== undefined && { apiUrl }) }),
    '',
    ...(wanted['SENDING'] === 'stopped' ? [stoppedLine(stage, appId)] : []),
    ...appDoneLines({ ...order, isNew: !isListed, isChanged }),
  ];
}

async function writeSecret(
  { appsPath, parameters, print }: AppServices,
  { appId, dryRun }: AppOrder,
  change: Change,
): Promise<void> {
  const name = `${appsPath}/${appId}/${change.kind}`;
  if (change.action !== 'keep' && !dryRun)
    await parameters.write(name, change.value, {
      type: 'SecureString',
      replace: change.action === 'replace',
    });
  print(changeLine(change, name));
  if (!dryRun && 'shown' in change && change.shown !== undefined) print(shownLine(change.kind, change.shown));
}

function valuesOf(changes: readonly Change[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    changes.flatMap((change) => (change.action === 'keep' ? [] : [[change.kind, change.value]])),
  );
}

/** Those that are texts, as variables are. */
function texts(settings: RawSettings): Environment {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
