import { setTimeout as sleep } from 'node:timers/promises';
import { appParameter, readAppList } from '../../lib/settings/apps.ts';
import type { Environment } from '../../lib/settings/settings.ts';
import type { Credentials } from '../../lib/wechat/fetch-access-token.ts';
import { CommandError } from '../command-line.ts';
import { appDoneLines, LIST_CONTENDED, settingsLine, stoppedLine } from './app-texts.ts';
import { withAppSecret } from './ask-app-secret.ts';
import type { CredentialVerdict } from './check-credentials.ts';
import type { Change, Wishes } from './plan.ts';
import {
  APP_SECRET_KINDS,
  assertAppUsable,
  changedSettings,
  planAppSecrets,
  type RawSettings,
  readRawSettings,
  type StoredApp,
  settingsChange,
} from './plan-app.ts';
import type { Questions } from './questions.ts';
import type { RandomInt } from './random-text.ts';
import type { SsmParameters } from './ssm-parameters.ts';
import { changeLine, consoleLines, problemText, questionText, shownLine } from './texts.ts';

/** What the mini programs of a stage are set up with. */
export interface AppServices {
  readonly appsPath: string;
  readonly parameters: SsmParameters;
  /** undefined where nobody can be asked. */
  readonly questions: Questions | undefined;
  /** undefined where WeChat is not to be asked; the settings say where WeChat is. */
  readonly check:
    | ((credentials: Credentials, settings: Environment) => Promise<CredentialVerdict>)
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
  const { appsPath, parameters, print, random, questions, check } = services;
  const { appId, dryRun } = order;
  const { list, ...stored } = await readApp(services, appId);
  const settingsName = appParameter(appsPath, appId, 'settings');
  const raw = readRawSettings(stored.settings, settingsName);
  const isRemoved = raw['SENDING'] === 'stopped' && stored.secrets['app-secret'] === undefined;
  const wanted = changedSettings(raw, order.settings, { isRemoved });
  const asking = { questions, print, check: check && ((c: Credentials) => check(c, texts(wanted))) };
  const { given, isGood } = await withAppSecret(asking, order.wishes, appId, stored.secrets);
  if (!isGood) return false;
  const secrets = planAppSecrets(stored.secrets, { ...order.wishes, given }, random);
  if (!secrets) throw new CommandError(problemText('no-app-secret'));
  const settings = settingsChange(stored.settings, wanted);
  await assertAppUsable(appsPath, appId, {
    settings: JSON.stringify(wanted),
    secrets: { ...stored.secrets, ...valuesOf(secrets) },
  });
  const isListed = list.includes(appId);
  const written = [
    ...secrets.map(({ kind, action }) => ({ name: `${appsPath}/${appId}/${kind}`, action })),
    { name: settingsName, action: settings.action },
    { name: appsPath, action: isListed ? 'keep' : 'replace' } as const,
  ].filter(({ action }) => action !== 'keep');
  if (written.length > 0 && !dryRun && questions && !(await questions.agree(questionText(written))))
    return false;
  for (const change of secrets) await writeSecret(services, order, change);
  if (settings.action !== 'keep' && !dryRun)
    await parameters.write(settingsName, settings.value, {
      type: 'String',
      replace: settings.action === 'replace',
    });
  print(settingsLine(settingsName, settings.action, Object.keys(wanted)));
  if (dryRun) {
    print('Nothing was changed (--dry-run). 未做任何改动。');
    return true;
  }
  await enlist(services, appId);
  print('');
  const keyIsShown = secrets.some((change) => change.kind === 'push-token' && 'shown' in change);
  const { apiUrl } = order;
  for (const line of consoleLines({ appId, keyIsShown, ...(apiUrl !== undefined && { apiUrl }) }))
    print(line);
  print('');
  if (wanted['SENDING'] === 'stopped') print(stoppedLine(order.stage, appId));
  for (const line of appDoneLines({ ...order, isNew: !isListed, isChanged: written.length > 0 })) print(line);
  return true;
}

/** What is stored of an app, and which apps the stage has. */
export async function readApp(
  { appsPath, parameters }: Pick<AppServices, 'appsPath' | 'parameters'>,
  appId: string,
): Promise<StoredApp & { readonly list: readonly string[] }> {
  const settings = appParameter(appsPath, appId, 'settings');
  const secrets = APP_SECRET_KINDS.map((kind) => [kind, appParameter(appsPath, appId, kind)] as const);
  const values = await parameters.fetch([appsPath, settings, ...secrets.map(([, name]) => name)]);
  return {
    list: readAppList(values.get(appsPath) ?? ''),
    settings: values.get(settings),
    secrets: Object.fromEntries(
      secrets.flatMap(([kind, name]) => {
        const value = values.get(name);
        return value === undefined ? [] : [[kind, value]];
      }),
    ),
  };
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

/** SSM has no conditional writes: what two people write at once, one of them must write again. */
const LIST_TRIES = 5;
const LIST_PAUSE_MS = 200;

/**
 * Puts an app onto the list, which is read just before it is written and again afterwards.
 *
 * @throws CommandError when others go on writing it
 */
async function enlist({ appsPath, parameters }: AppServices, appId: string): Promise<void> {
  for (let attempt = 0; attempt < LIST_TRIES; attempt++) {
    const list = readAppList((await parameters.fetch([appsPath])).get(appsPath) ?? '');
    if (list.includes(appId)) return;
    await parameters.write(appsPath, [...list, appId].join(','), { type: 'String', replace: true });
    await sleep(LIST_PAUSE_MS);
  }
  throw new CommandError(LIST_CONTENDED);
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
