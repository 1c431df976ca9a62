import colors from 'picocolors';
import type { App } from '../../lib/settings/apps.ts';
import { say } from '../language.ts';
import { table } from '../table.ts';
import type { Change } from './plan.ts';

const DONE = {
  keep: say('kept', '保留'),
  make: say('made', '新建'),
  replace: say('replaced', '替换'),
} as const satisfies Record<Change['action'], string>;

/** The settings of an app by their names, and what became, or would become, of them. */
export function settingsLine(parameter: string, action: Change['action'], names: readonly string[]): string {
  const mark = action === 'keep' ? colors.dim('·') : colors.green('✔');
  const set = names.length === 0 ? say('all by default', '全部默认') : names.join(', ');
  return `${mark} ${parameter}  ${say('settings', '设置')} (${set}): ${DONE[action]}`;
}

/** What comes after an app was added or changed. */
export function appDoneLines(o: {
  readonly stage: string;
  readonly appId: string;
  readonly apiUrl: string | undefined;
  readonly isNew: boolean;
  readonly isChanged: boolean;
}): string[] {
  const doctor = `npm run doctor -- --stage ${o.stage} --app ${o.appId}`;
  const key = `npm run setup -- --stage ${o.stage} --key-name NAME --appids ${o.appId}`;
  return [
    say(
      'IP 白名单 (开发设置), if it is on: the addresses that the functions call from, as for the first mini program (docs/zh/deploy.md).',
      '若已开启 IP 白名单（开发设置）：填写函数的固定出口 IP，与第一个小程序相同（见 docs/zh/deploy.md）。',
    ),
    ...(o.isChanged
      ? [
          o.apiUrl === undefined
            ? say('It is there once the stage is deployed.', '部署该环境后生效。')
            : say(
                'It takes effect within five minutes; nothing need be deployed.',
                '五分钟内生效，无需重新部署。',
              ),
        ]
      : [say('Nothing was changed.', '没有变化。')]),
    say(
      `Calls say which mini program they are for by the header x-wechat-appid: ${o.appId}.`,
      `调用接口时用请求头 x-wechat-appid: ${o.appId} 指定小程序。`,
    ),
    ...(o.isNew
      ? [
          say(
            `An API key for this mini program alone, if you want one: ${key}`,
            `若需要只能用于该小程序的 API Key：${key}`,
          ),
        ]
      : []),
    `${say('Then', '然后')}: ${doctor}`,
  ];
}

/** What is to be said of an app that sends nothing, although it is complete. */
export function stoppedLine(stage: string, appId: string): string {
  return colors.yellow(
    `! ${say('Its sending is stopped', '已停止发送')}: npm run setup -- --stage ${stage} --app ${appId} --set SENDING=on`,
  );
}

/** Why the list could not be written. */
export const LIST_CONTENDED = say(
  'Others are writing the list of mini programs at the same time; secrets and settings are stored. Run this again.',
  '有其他人同时在修改小程序列表；密钥和设置已写入，请重新运行。',
);

/** What is asked before an app is taken away. */
export function removeQuestion(appId: string): string {
  return say(
    `Nothing more is sent for ${appId}, and its secrets are deleted; its data stays. Type the appid to go on.`,
    `将停止 ${appId} 的发送并删除密钥，数据保留。请输入 AppID 确认：`,
  );
}

/** What became, or would become, of an app that is taken away. */
export function removedLines(o: {
  readonly settings: string;
  readonly deleted: readonly string[];
  readonly stage: string;
  readonly appId: string;
  readonly dryRun: boolean;
}): string[] {
  return [
    `${colors.green('✔')} ${o.settings}  SENDING=stopped`,
    ...o.deleted.map((name) => `${colors.green('✔')} ${name}: ${say('deleted', '已删除')}`),
    ...(o.dryRun
      ? [say('Nothing was changed (--dry-run).', '未做任何改动。')]
      : [
          say(
            'Within five minutes nothing more is sent for it. What waited ends as it comes due, or is taken up again: its data stays, to be read and erased.',
            '五分钟内停止发送。等待中的消息到时结束；重新启用则继续。数据保留，可以查询和删除。',
          ),
          `${say('To take it up again', '恢复')}: npm run setup -- --stage ${o.stage} --app ${o.appId}`,
          say(
            "In WeChat's console, switch 消息推送 off, and reset the AppSecret if it may be known elsewhere.",
            '请在公众平台停用消息推送；若 AppSecret 可能外泄，请重置。',
          ),
        ]),
  ];
}

/** Why there is nothing to take away. */
export function unknownAppText(appId: string, list: readonly string[]): string {
  const others = list.length === 0 ? '' : say(` It has: ${list.join(', ')}.`, `现有：${list.join('、')}。`);
  return say(
    `The stage has no mini program ${appId} beside its first.${others} --app APPID adds one.`,
    `该环境中没有小程序 ${appId}。${others}可用 --app 添加。`,
  );
}

/** Why the first mini program is not set up, or taken away, by its appid. */
export function firstAppText(
  { type, appId }: { readonly type: 'add' | 'remove'; readonly appId: string },
  stage: string,
): string {
  return type === 'add'
    ? say(
        `${appId} is the stage's first mini program: npm run setup -- --stage ${stage} without --app is about it.`,
        `${appId} 是该环境的第一个小程序，请不带 --app 运行：npm run setup -- --stage ${stage}`,
      )
    : say(
        `${appId} is the stage's first mini program: SENDING=stopped npm run deploy -- --stage ${stage} ends its sending.`,
        `${appId} 是该环境的第一个小程序，用 SENDING=stopped npm run deploy -- --stage ${stage} 停止发送。`,
      );
}

/** The apps of a stage as a table with headers. */
export function appTable(apps: readonly App[]): string[] {
  const rows = apps.map((app) => [
    colors.bold(app.appId),
    app.name ?? '',
    stateOf(app).map(inWords).join(say(', ', '，')),
  ]);
  return table(say('appid,name,state', 'AppID,名称,状态').split(','), rows);
}

/** The same for a program. */
export function appFacts(app: App) {
  const { appId, name } = app;
  return { appid: appId, ...(name !== undefined && { name }), state: stateOf(app) };
}

/** In a problem's own words where there is one. */
function stateOf({ isFirst, isStopped, problem, env }: App): string[] {
  if (isFirst) return ['first'];
  const isMissed = (name: string) => !isStopped && env[name] === undefined;
  const facts = [
    ...(isStopped ? ['sending-stopped'] : []),
    ...(isMissed('WECHAT_APP_SECRET') ? ['no-app-secret'] : []),
    ...(isMissed('WECHAT_PUSH_TOKEN') ? ['no-message-push'] : []),
    ...(problem === undefined ? [] : [problem]),
  ];
  return facts.length > 0 ? facts : ['ready'];
}

const STATES: Readonly<Record<string, string>> = {
  first: say('first', '第一个'),
  'sending-stopped': colors.yellow(say('sending stopped', '已停止发送')),
  'no-app-secret': colors.red(say('no AppSecret', '缺少 AppSecret')),
  'no-message-push': say('no message push', '未启用消息推送'),
  ready: say('ready', '就绪'),
};

const inWords = (state: string) => STATES[state] ?? colors.red(state);
