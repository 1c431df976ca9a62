import colors from 'picocolors';
import type { App } from '../../lib/settings/apps.ts';
import type { Change } from './plan.ts';

const DONE = {
  keep: 'kept 保留',
  make: 'made 新建',
  replace: 'replaced 替换',
} as const satisfies Record<Change['action'], string>;

/** The settings of an app by their names, and what became, or would become, of them. */
export function settingsLine(parameter: string, action: Change['action'], names: readonly string[]): string {
  const mark = action === 'keep' ? colors.dim('·') : colors.green('✔');
  const set = names.length === 0 ? 'all by default 全部默认' : names.join(', ');
  return `${mark} ${parameter}  settings 设置 (${set}): ${DONE[action]}`;
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
    'IP 白名单 (开发设置), if it is on: the addresses that the functions call from, as for the first mini program (docs/zh/deploy.md).',
    '  若已开启 IP 白名单：填写函数的固定出口 IP，与第一个小程序相同（见 docs/zh/deploy.md）。',
    ...(o.isChanged
      ? [
          o.apiUrl === undefined
            ? 'It is there once the stage is deployed. 部署该环境后生效。'
            : 'It takes effect within five minutes; nothing need be deployed. 五分钟内生效，无需重新部署。',
        ]
      : ['Nothing was changed. 没有变化。']),
    `Calls say which mini program they are for by the header x-wechat-appid: ${o.appId}. 调用接口时用请求头 x-wechat-appid 指定小程序。`,
    ...(o.isNew
      ? [`An API key for this mini program alone, if you want one 若需要只能用于该小程序的 API Key: ${key}`]
      : []),
    `Then 然后: ${doctor}`,
  ];
}

/** What is to be said of an app that sends nothing, although it is complete. */
export function stoppedLine(stage: string, appId: string): string {
  return colors.yellow(
    `! Its sending is stopped 已停止发送: npm run setup -- --stage ${stage} --app ${appId} --set SENDING=on`,
  );
}

/** Why the list could not be written. */
export const LIST_CONTENDED =
  'Others are writing the list of mini programs at the same time; secrets and settings are stored. Run this again. 有其他人同时在修改小程序列表；密钥和设置已写入，请重新运行。';

/** What is asked before an app is taken away. */
export function removeQuestion(appId: string): string {
  return `Nothing more is sent for ${appId}, and its secrets are deleted; its data stays. Type the appid to go on. 将停止发送并删除密钥，数据保留。请输入 AppID 确认：`;
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
    ...o.deleted.map((name) => `${colors.green('✔')} ${name}: deleted 已删除`),
    ...(o.dryRun
      ? ['Nothing was changed (--dry-run). 未做任何改动。']
      : [
          'Within five minutes nothing more is sent for it. What waited ends as it comes due, or is taken up again: its data stays, to be read and erased.',
          '五分钟内停止发送。数据保留，可以查询和删除。',
          `To take it up again 恢复: npm run setup -- --stage ${o.stage} --app ${o.appId}`,
          "In WeChat's console, switch 消息推送 off, and reset the AppSecret if it may be known elsewhere. 请在公众平台停用消息推送；若 AppSecret 可能外泄，请重置。",
        ]),
  ];
}

/** Why there is nothing to take away. */
export function unknownAppText(appId: string, list: readonly string[]): string {
  const others = list.length === 0 ? '' : ` It has 现有: ${list.join(', ')}.`;
  return `The stage has no mini program ${appId} beside its first.${others} --app APPID adds one. 该环境中没有这个小程序，可用 --app 添加。`;
}

/** Why the first mini program is not set up, or taken away, by its appid. */
export function firstAppText(
  { type, appId }: { readonly type: 'add' | 'remove'; readonly appId: string },
  stage: string,
): string {
  return type === 'add'
    ? `${appId} is the stage's first mini program: npm run setup -- --stage ${stage} without --app is about it. 这是该环境的第一个小程序，请不带 --app 运行。`
    : `${appId} is the stage's first mini program: SENDING=stopped npm run deploy -- --stage ${stage} ends its sending. 这是该环境的第一个小程序，请以 SENDING=stopped 重新部署来停止发送。`;
}

/** One app of a stage on one line. */
export function appLine({ appId, name = '', isFirst, isStopped, problem, env }: App): string {
  const secrets = env['WECHAT_APP_SECRET'] !== undefined;
  const push = env['WECHAT_PUSH_TOKEN'] !== undefined;
  const facts = isFirst
    ? ['first 第一个']
    : [
        ...(isStopped ? [colors.yellow('sending stopped 已停止发送')] : []),
        ...(isStopped || secrets ? [] : [colors.red('no AppSecret 缺少 AppSecret')]),
        ...(isStopped || push ? [] : ['no message push 未启用消息推送']),
        ...(problem === undefined ? [] : [colors.red(problem)]),
      ];
  return [colors.bold(appId), name, ...(facts.length > 0 ? facts : ['ready 就绪'])]
    .filter(Boolean)
    .join('  ');
}
