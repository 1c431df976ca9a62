import colors from 'picocolors';
import { JSON_OPTION, STAGE_OPTIONS, ZONE_OPTION } from '../command-line.ts';
import { inLanguage, say } from '../language.ts';
import type { Finding } from './finding.ts';

/** How `npm run doctor` is called. */
export const USAGE = {
  name: 'doctor',
  about: say(
    'Examines a service from outside and says what to do about what it finds. Sends no message; it has the templates read from WeChat again, as happens daily. Exits with 1 when something fails.',
    '从外部检查服务，并说明发现的问题如何处理。不发送消息；会让服务重新读取一次模板（与每日同步相同）。有失败项时退出码为 1。',
  ),
  usages: [['--stage NAME [--region REGION] [--pipeline]'], ['--api URL [--key KEY]']],
  options: {
    ...STAGE_OPTIONS,
    api: {
      type: 'string',
      value: 'URL',
      help: say(
        'the address of the API, for a custom domain or the local stack (http://127.0.0.1:3000)',
        '接口地址，用于自定义域名或本地环境（http://127.0.0.1:3000）',
      ),
    },
    key: {
      type: 'string',
      value: 'KEY',
      help: say(
        'an API key with the scopes read and manage (default: QINGNIAO_API_KEY)',
        '带 read 和 manage 权限的 API Key，默认 QINGNIAO_API_KEY',
      ),
    },
    app: {
      type: 'string',
      value: 'APPID',
      help: say(
        'only this mini program of the stage (default: every one)',
        '只检查这个小程序，默认检查环境中的每个小程序',
      ),
    },
    pipeline: {
      type: 'boolean',
      default: false,
      help: say(
        'after a deployment: fails on the service only, not on an alarm that rings, a dead letter or a mini program beside the first, so that a repair gets through',
        '部署之后使用：只有服务本身异常才失败，告警、死信和第一个以外的小程序只作提醒，以免挡住修复版本',
      ),
    },
    ...ZONE_OPTION,
    ...JSON_OPTION,
  },
  notes: say(
    'With --json it prints one object for each finding, on a line of its own.',
    '加 --json 时，每项输出一个 JSON 对象，各占一行。',
  ),
} as const;

const MARKS = {
  ok: colors.green(say('✔ ok  ', '✔ 正常')),
  warn: colors.yellow(say('! warn', '! 提醒')),
  fail: colors.red(say('✘ fail', '✘ 失败')),
  skip: colors.dim(say('- skip', '- 跳过')),
} as const satisfies Record<Finding['level'], string>;

/** What is checked, in Chinese; without an entry it is called as it is. */
const CHECKS: Readonly<Record<string, string>> = {
  'access token': '接口凭证',
  alarms: '告警',
  apps: '小程序',
  callback: '回调地址',
  clock: '时钟',
  concurrency: '并发额度',
  health: '健康检查',
  queues: '队列',
  'room for pushes': '推送的预留并发',
  secrets: '密钥',
  settings: '设置',
  stream: '变更流',
  'table throughput': '数据表吞吐',
  templates: '模板',
};

/** A finding, and below it what to do. */
export function findingLines({ check, appid, level, says, advice }: Finding): string[] {
  const name = say(check, CHECKS[check] ?? check.replace(/^queue /, '队列 '));
  const what = appid === undefined ? name : `${name} ${appid}`;
  return [
    `${MARKS[level]} ${colors.bold(what)}: ${inLanguage(says)}`,
    ...(advice ? [`         ${inLanguage(advice)}`] : []),
  ];
}

/** The end of the answer. */
export function summaryLine(findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const [fails, warns] = [count('fail'), count('warn')];
  if (fails > 0)
    return colors.red(say(`${fails} failed, ${warns} warnings.`, `${fails} 项失败，${warns} 项提醒。`));
  return colors.green(say(`Nothing failed, ${warns} warnings.`, `没有失败项，${warns} 项提醒。`));
}
