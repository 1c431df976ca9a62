import colors from 'picocolors';
import { DEV_API_KEY } from '../stack/environment.ts';
import type { Stack } from '../stack/stack.ts';
import { SAMPLE_OPENIDS, SAMPLE_TEMPLATES } from '../wechat-simulator/index.ts';
import { DEFAULT_API_PORT, DEFAULT_PHONE_PORT, DEFAULT_WECHAT_PORT } from './options.ts';

/** What `npm run dev -- --help` prints. */
export const HELP = `Runs the whole service on this machine until Ctrl-C: API, queue, schedules, table and a simulated WeChat.
在本机运行整个服务，直到按 Ctrl-C：接口、队列、定时任务、数据表和模拟的微信。

  npm run dev [-- --data DIR] [-- --help]

  --data DIR                 keep tables and queues in DIR between runs
                             把数据保存在 DIR，下次运行继续使用
  --help, -h                 show this text
                             显示本说明

  PORT                       port of the API (default ${DEFAULT_API_PORT}; 0: any free one)
                             接口端口（默认 ${DEFAULT_API_PORT}；0 为任意空闲端口）
  WECHAT_SIMULATOR_PORT      port of the simulated WeChat (default ${DEFAULT_WECHAT_PORT}; 0: any free one)
                             模拟微信的端口（默认 ${DEFAULT_WECHAT_PORT}；0 为任意空闲端口）
  PHONE_PORT                 port of the phone to look at (default ${DEFAULT_PHONE_PORT})
                             手机演示页面的端口（默认 ${DEFAULT_PHONE_PORT}）
  WECHAT_API_BASE_URL        use the WeChat at this address, start no simulated one
                             使用此地址的微信，不启动模拟的微信
  AWS_ENDPOINT_URL_DYNAMODB  use the DynamoDB at this address, start none (AWS_ENDPOINT_URL does the same)
                             使用此地址的 DynamoDB，不启动内置引擎（AWS_ENDPOINT_URL 作用相同）
  TABLE_NAME                 of a table that stays at that address (default: one that goes at the end)
                             在该地址上保留的数据表（默认使用退出即删除的表）

Every setting of the service is taken when it is set: README lists them. A secret may lie in SSM, named by its …_PARAM variable.
服务的每一项设置都可以用环境变量给出，见 README；密钥可放在 SSM 中，用 …_PARAM 变量给出参数名。
dev-key stays valid beside the keys of API_KEYS. 设置了 API_KEYS 时，dev-key 仍然可用。
What happened to a message: npm run logs -- MESSAGE_ID --local. 一条消息的经过：npm run logs -- MESSAGE_ID --local。
With the simulated WeChat USER_SENDABLE_TEMPLATES is * unless set. 使用模拟微信时，USER_SENDABLE_TEMPLATES 默认为 *。
`;

/** The greeting once everything runs: where things are, the key, and first calls to try. */
export function greeting(stack: Stack, dataDir: string | undefined, phoneUrl: string | undefined): string {
  const rows: [string, string, string][] = [
    ...(phoneUrl === undefined
      ? []
      : ([['Phone', '手机', `${phoneUrl} (open it in a browser 用浏览器打开)`]] satisfies [
          string,
          string,
          string,
        ][])),
    ['API', '接口', stack.apiUrl],
    [
      'WeChat',
      '微信',
      stack.wechatUrl ? `${stack.wechatUrl} (simulated 模拟)` : `${stack.env['WECHAT_API_BASE_URL']}`,
    ],
    ['API key', '密钥', `${DEV_API_KEY} (all scopes 全部权限)`],
    ['DynamoDB', '数据表', `${stack.dynamodbEndpoint} ${stack.tableName}`],
    ['SQS', '队列', stack.queueUrl],
    ['Dead', '死信', stack.deadLetterQueueUrl],
    ['Schedules', '定时', `${stack.scheduler.endpoint} (stand-in for EventBridge Scheduler 替身)`],
    ['Data', '数据', dataDir ?? 'not kept 不保留，退出即清空'],
  ];
  const table = rows.map(
    ([en, zh, value]) => `  ${colors.bold(en.padEnd(9))} ${padWide(zh, 7)} ${colors.cyan(value)}`,
  );
  return [
    '',
    `  ${colors.green('Qingniao is ready.')} 青鸟已就绪。`,
    '',
    ...table,
    '',
    '  Try it 试一试:',
    '',
    ...firstCalls(stack).map((line) => `  ${line}`),
    '',
    colors.dim('  Ctrl-C ends it. 按 Ctrl-C 退出。'),
    '',
  ].join('\n');
}

function firstCalls({ apiUrl, wechatUrl }: Stack): string[] {
  const [openid = ''] = SAMPLE_OPENIDS;
  const template = SAMPLE_TEMPLATES[0];
  if (wechatUrl === undefined || template === undefined) return [`curl ${apiUrl}/v1/health`];
  const { templateId } = template;
  const results = { [templateId]: 'accept' };
  const data = Object.fromEntries(template.keywords.map(({ key, example }) => [key, example]));
  return [
    comment('a user taps "allow" in the simulated WeChat', '用户在模拟的微信里点“允许”'),
    ...post(`${wechatUrl}/_control/subscribe`, { openid, results }),
    '',
    comment('tell the service of the grant', '把授权告诉服务'),
    ...post(`${apiUrl}/v1/grants`, { requestId: 'tap-1', openid, results }, DEV_API_KEY),
    '',
    comment('send', '发送'),
    ...post(`${apiUrl}/v1/messages`, { to: openid, templateId, data }, DEV_API_KEY),
    '',
    comment('what WeChat received', '微信收到了什么'),
    `curl '${wechatUrl}/_control/received?call=send'`,
  ];
}

const comment = (en: string, zh: string) => colors.dim(`# ${en} ${zh}`);

function post(url: string, body: unknown, key?: string): string[] {
  const authorization = key === undefined ? '' : ` -H 'authorization: Bearer ${key}'`;
  return [
    `curl ${url} -H 'content-type: application/json'${authorization} \\`,
    `  -d '${JSON.stringify(body)}'`,
  ];
}

/** Pads text in Chinese characters, each two columns wide. */
const padWide = (text: string, columns: number) => text + ' '.repeat(Math.max(0, columns - text.length * 2));

/** Says which variable to set when a port is taken. */
export function portInUse(
  port: number,
  { wechatPort, phonePort }: { wechatPort: number; phonePort: number },
): string {
  const ports = { [wechatPort]: 'WECHAT_SIMULATOR_PORT', [phonePort]: 'PHONE_PORT' };
  const variable = ports[port] ?? 'PORT';
  const example = `${variable}=${port + 1} npm run dev`;
  return [
    `Port ${port} is in use. Choose another with ${variable}, for example: ${example}`,
    `端口 ${port} 已被占用。请用 ${variable} 换一个端口，例如：${example}`,
  ].join('\n');
}

/** Says which of the variables that are set have no effect. */
export function notTakenLine(names: readonly string[]): string {
  return `Set by npm run dev itself, yours is not used 由 npm run dev 自行设置，您设置的值不起作用: ${names.join(', ')}`;
}
