import * as v from 'valibot';
import type { Finding, Probe } from './finding.ts';
import { parsed } from './probe-texts.ts';

/** A mini program as the stage's parameters have it. */
export interface StageApp {
  readonly appId: string;
  readonly pushToken: string | undefined;
  /** What is wrong with its settings and secrets, a line each. */
  readonly problems: readonly string[];
}

/** A mini program to look at. */
export interface AppToProbe {
  /** undefined: the one that calls without a header are for. */
  readonly appId: string | undefined;
  /** The path of its callback address. */
  readonly callback: string;
  readonly pushToken: string | undefined;
}

/** What is known beforehand of the mini programs to look at. */
interface AppsToFind {
  /** The one that is named. */
  readonly appId: string | undefined;
  /** Of the first, or of the one that is named. */
  readonly pushToken: string | undefined;
  readonly stageApps: readonly StageApp[] | undefined;
}

const FIRST_CALLBACK = '/v1/wechat/events';

const list = v.object({ items: v.array(v.object({ appid: v.string() })) });

/** The appids that the service answers for; undefined where it does not say. */
export function servedApps(probe: Probe): readonly string[] | undefined {
  if (probe.type === 'unreachable' || probe.status !== 200) return undefined;
  const read = v.safeParse(list, parsed(probe.text));
  return read.success ? read.output.items.map(({ appid }) => appid) : undefined;
}

/** Which mini programs to look at: the one that is named, else all that the service or the parameters know. */
export function appsToProbe(served: readonly string[] | undefined, o: AppsToFind): readonly AppToProbe[] {
  const { appId, pushToken, stageApps = [] } = o;
  const all = [...new Set([...stageApps.map((app) => app.appId), ...(served ?? [])])];
  const tokenOf = (id: string) => stageApps.find((app) => app.appId === id)?.pushToken;
  const first = stageApps[0]?.appId ?? served?.[0];
  if (appId !== undefined) return [ofApp(appId, pushToken ?? tokenOf(appId))];
  if (all.length <= 1) {
    return [{ appId: undefined, callback: FIRST_CALLBACK, pushToken: pushToken ?? tokenOf(first ?? '') }];
  }
  return all.map((id) =>
    id === first
      ? { appId: id, callback: FIRST_CALLBACK, pushToken: pushToken ?? tokenOf(id) }
      : ofApp(id, tokenOf(id)),
  );
}

function ofApp(appId: string, pushToken: string | undefined): AppToProbe {
  return { appId, callback: `${FIRST_CALLBACK}/${appId}`, pushToken };
}

/** Whether the service knows the mini programs that the parameters name; nothing of a stage that has one, or where one is named. */
export function* judgeApps(
  served: readonly string[] | undefined,
  { stageApps, appId: named }: Pick<AppsToFind, 'stageApps' | 'appId'>,
): Generator<Finding> {
  const check = 'apps';
  if (served === undefined || stageApps === undefined || stageApps.length <= 1 || named !== undefined) return;
  const missing = stageApps.filter(({ appId }) => !served.includes(appId));
  for (const { appId } of missing)
    yield {
      check,
      appid: appId,
      level: 'warn',
      says: { en: 'the service does not show it', zh: '服务没有列出它' },
      advice: {
        en: 'What was added takes effect within five minutes. An API key that is not for it does not see it (npm run setup -- --key-name NAME --appids).',
        zh: '新增的小程序五分钟内生效。不能用于它的 API Key 也看不到它（npm run setup -- --key-name NAME --appids）。',
      },
    };
  if (missing.length === 0)
    yield {
      check,
      level: 'ok',
      says: {
        en: `${stageApps.length}, all known to the service`,
        zh: `${stageApps.length} 个，服务均已加载`,
      },
    };
}

/** Whether the settings and secrets of the mini programs beside the first are right, or of the one that is named. */
export function* judgeAppSettings(
  stageApps: readonly StageApp[],
  { stage, appId: named }: { readonly stage: string; readonly appId: string | undefined },
): Generator<Finding> {
  const check = 'settings';
  const others = stageApps.slice(1).filter(({ appId }) => named === undefined || appId === named);
  for (const { appId, problems } of others)
    yield problems.length === 0
      ? { check, appid: appId, level: 'ok', says: { en: 'all there and right', zh: '齐全' } }
      : {
          check,
          appid: appId,
          level: 'fail',
          ...(named === undefined && { isAside: true }),
          says: { en: problems.join('; '), zh: '以上设置缺失或有误' },
          advice: {
            en: `Correct them by npm run setup -- --stage ${stage} --app ${appId} --set NAME=VALUE; what is right stays.`,
            zh: `请用 npm run setup -- --stage ${stage} --app ${appId} --set NAME=VALUE 更正，其余不变。`,
          },
        };
}
