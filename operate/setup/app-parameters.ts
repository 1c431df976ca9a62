import { setTimeout as sleep } from 'node:timers/promises';
import { appParameter, readAppList } from '../../lib/settings/apps.ts';
import { CommandError } from '../command-line.ts';
import { LIST_CONTENDED } from './app-texts.ts';
import { APP_SECRET_KINDS, type StoredApp } from './plan-app.ts';
import type { SsmParameters } from './ssm-parameters.ts';

/** Where the mini programs of a stage are found. */
export interface AppsPlace {
  readonly appsPath: string;
  readonly parameters: SsmParameters;
}

/** What is stored of an app, and which apps the stage has. */
export async function readApp(
  { appsPath, parameters }: AppsPlace,
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

/** SSM has no conditional writes: what two people write at once, one of them must write again. */
const LIST_TRIES = 5;
const LIST_PAUSE_MS = 200;

/**
 * Puts an app onto the list, which is read just before it is written and again afterwards.
 *
 * @throws CommandError when others go on writing it
 */
export async function enlist({ appsPath, parameters }: AppsPlace, appId: string): Promise<void> {
  for (let attempt = 0; attempt < LIST_TRIES; attempt++) {
    const list = readAppList((await parameters.fetch([appsPath])).get(appsPath) ?? '');
    if (list.includes(appId)) return;
    await parameters.write(appsPath, [...list, appId].join(','), { type: 'String', replace: true });
    await sleep(LIST_PAUSE_MS);
  }
  throw new CommandError(LIST_CONTENDED);
}
