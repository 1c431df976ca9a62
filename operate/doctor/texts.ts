import colors from 'picocolors';
import type { Finding } from './finding.ts';

/** What `npm run doctor -- --help` prints. */
export const HELP = `Examines a service from outside and says what to do about what it finds. Sends no message; it has the templates read from
WeChat again, as happens daily. Exits with 1 when something fails.
从外部检查服务，并说明发现的问题如何处理。不发送消息；会让服务重新读取一次模板（与每日同步相同）。有失败项时退出码为 1。

  npm run doctor -- --stage NAME [--region REGION] [--pipeline]
  npm run doctor -- --api URL [--key KEY]

  --stage NAME      the deployed stage: its secrets, queues, alarms, stream and limits are looked at too
                    已部署的环境：同时检查密钥、队列、告警、变更流和额度
  --region REGION   where it is deployed (default: AWS_REGION, else ap-southeast-1)
                    部署区域
  --api URL         the address of the API, for a custom domain or the local stack (http://127.0.0.1:3000)
                    接口地址，用于自定义域名或本地环境
  --key KEY         an API key with the scopes read and manage (default: QINGNIAO_API_KEY)
                    带 read 和 manage 权限的 API Key
  --app APPID       only this mini program of the stage (default: every one)
                    只检查这个小程序，默认检查环境中的每个小程序
  --pipeline        after a deployment: fails on the service only, not on an alarm that rings, a dead letter or a mini program beside
                    the first, so that a repair gets through
                    部署之后使用：只有服务本身异常才失败，告警、死信和第一个以外的小程序只作提醒，以免挡住修复版本
  --json            one JSON object for each finding
                    每项输出一个 JSON 对象
  --help, -h        show this text
                    显示本说明
`;

const MARKS = {
  ok: colors.green('✔ ok  '),
  warn: colors.yellow('! warn'),
  fail: colors.red('✘ fail'),
  skip: colors.dim('- skip'),
} as const satisfies Record<Finding['level'], string>;

/** A finding, and below it what to do. */
export function findingLines({ check, appid, level, says, advice }: Finding): string[] {
  const what = appid === undefined ? check : `${check} ${appid}`;
  return [
    `${MARKS[level]} ${colors.bold(what)}: ${joined(says.en, says.zh)}`,
    ...(advice ? [advice.en, advice.zh].filter((text) => text !== '').map((text) => `         ${text}`) : []),
  ];
}

/** The end of the answer. */
export function summaryLine(findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const [fails, warns] = [count('fail'), count('warn')];
  if (fails > 0) return colors.red(`${fails} failed, ${warns} warnings. ${fails} 项失败，${warns} 项提醒。`);
  return colors.green(`Nothing failed, ${warns} warnings. 没有失败项，${warns} 项提醒。`);
}

function joined(en: string, zh: string): string {
  return zh === '' ? en : `${en} ${zh}`;
}
