import { APP_SETTING_NAMES, readAppList } from '../../lib/settings/apps.ts';
import { unknown } from '../argument-faults.ts';
import { CommandError, UsageError } from '../command-line.ts';
import { listed, say } from '../language.ts';
import { readStageApps } from '../stage-apps.ts';
import { type AppServices, addApp } from './add-app.ts';
import type { AppsPlace } from './app-parameters.ts';
import { appFacts, appTable, firstAppText, unknownAppText } from './app-texts.ts';
import type { Wishes } from './plan.ts';
import { APP_SECRET_KINDS } from './plan-app.ts';
import { removeApp } from './remove-app.ts';
import type { WishOptions } from './wishes.ts';

/** What is to be done about the mini programs of a stage beside its first. */
export type AppWork =
  | { readonly type: 'list' }
  | { readonly type: 'remove'; readonly appId: string }
  | { readonly type: 'add'; readonly appId: string; readonly settings: Readonly<Record<string, string>> };

interface AppOptions extends WishOptions {
  readonly app?: string;
  readonly 'remove-app'?: string;
  readonly apps: boolean;
  readonly set: readonly string[];
}

/** What the options want done about mini programs; undefined where they are about the stage. @throws UsageError */
export function appWork(options: AppOptions): AppWork | undefined {
  const { app, 'remove-app': removed, apps, set } = options;
  const asked = [app !== undefined, removed !== undefined, apps].filter(Boolean).length;
  if (asked > 1)
    throw new UsageError(
      say('Give one of --app, --remove-app and --apps.', '--app、--remove-app、--apps 只能给一个。'),
    );
  if (set.length > 0 && app === undefined)
    throw new UsageError(
      say(
        '--set is about one mini program: --app APPID. The first has its settings from the deployment.',
        '--set 要与 --app 同用；第一个小程序的设置在部署时给出。',
      ),
    );
  if (asked === 0) return undefined;
  assertNothingElse(options);
  if (apps) return { type: 'list' };
  const appId = app ?? removed ?? '';
  return app === undefined ? { type: 'remove', appId } : { type: 'add', appId, settings: settingsIn(set) };
}

/** API keys and the session secret are the stage's, and are made without --app. */
function assertNothingElse(options: AppOptions): void {
  const keyOptions = ['key-name', 'scopes', 'appids', 'remove-key'] as const;
  const given = keyOptions.find((name) => options[name] !== undefined);
  if (given !== undefined)
    throw new UsageError(
      say(
        `--${given} is about the API keys of the stage: give it in a call of its own.`,
        `--${given} 针对整个环境的 API Key，请单独运行。`,
      ),
    );
  const foreign = options.rotate.find((name) => !APP_SECRET_KINDS.some((kind) => kind === name));
  if (foreign !== undefined)
    throw new UsageError(
      say(
        `Of a mini program --rotate takes ${APP_SECRET_KINDS.join(', ')}.`,
        `对单个小程序，--rotate 的取值为 ${APP_SECRET_KINDS.join('、')}。`,
      ),
    );
}

const SETTABLE = ['name', ...APP_SETTING_NAMES];

function settingsIn(set: readonly string[]): Record<string, string> {
  const settings = set.map((text) => {
    const at = text.indexOf('=');
    const name = at < 0 ? text : text.slice(0, at);
    if (at > 0 && SETTABLE.includes(name)) return [name, text.slice(at + 1).trim()] as const;
    if (at > 0)
      throw new UsageError(
        `${unknown('setting', name, SETTABLE)} ${say('There are', '可用')}: ${listed(SETTABLE)}`,
      );
    throw new UsageError(say('--set takes NAME=VALUE.', '--set 的写法为 NAME=VALUE。'));
  });
  return Object.fromEntries(settings);
}

/** Where and how the work is done. */
interface AppWorkPlace {
  readonly stage: string;
  readonly apiUrl: string | undefined;
  /** Empty where it is not known. */
  readonly firstAppId: string;
  readonly wishes: Wishes;
  readonly dryRun: boolean;
  /** Of the list. */
  readonly json: boolean;
}

/** Does it. Returns whether it was done. @throws CommandError */
export async function workOnApps(
  services: AppServices,
  work: AppWork,
  place: AppWorkPlace,
): Promise<boolean> {
  const { parameters, appsPath, print } = services;
  if (work.type === 'list') {
    const apps = await readStageApps({ appsPath, firstAppId: place.firstAppId }, parameters.fetch);
    const known = apps.filter(({ appId }) => appId !== '');
    for (const line of place.json ? [JSON.stringify(known.map(appFacts))] : appTable(known)) print(line);
    return true;
  }
  if (work.appId === place.firstAppId) throw new CommandError(firstAppText(work, place.stage));
  if (work.type === 'remove') return removeApp(services, { ...place, ...work });
  return addApp(services, { ...place, ...work });
}

/** Makes sure that a key is for apps that the stage has; one that is mistyped would see none. @throws UsageError */
export async function assertOfStage(
  appids: Wishes['apiKey']['appids'],
  { appsPath, parameters, firstAppId }: AppsPlace & { readonly firstAppId: string },
): Promise<void> {
  if (appids === undefined || appids === 'all') return;
  const list = readAppList((await parameters.fetch([appsPath])).get(appsPath) ?? '');
  const foreign = appids.find((appid) => appid !== firstAppId && !list.includes(appid));
  if (foreign !== undefined) throw new UsageError(unknownAppText(foreign, list));
}
