import colors from 'picocolors';
import { ZONE_OPTION } from '../../operate/command-line.ts';
import { say } from '../../operate/language.ts';
import { DEV_API_KEY } from '../stack/environment.ts';
import type { Stack } from '../stack/stack.ts';
import { SAMPLE_OPENIDS, SAMPLE_TEMPLATES } from '../wechat-simulator/index.ts';
import { DEFAULT_API_PORT, DEFAULT_PHONE_PORT, DEFAULT_WECHAT_PORT } from './options.ts';

/** How `npm run dev` is called. */
export const USAGE = {
  name: 'dev',
  about: say(
    'Runs the whole service on this machine until Ctrl-C: API, queue, schedules, table and a simulated WeChat.',
    '在本机运行整个服务，直到按 Ctrl-C：接口、队列、定时任务、数据表和模拟的微信。',
  ),
  usages: [['[--apps 3] [--data DIR]']],
  words: {
    PORT: say(
      `port of the API (default ${DEFAULT_API_PORT}; 0: any free one)`,
      `接口端口，默认 ${DEFAULT_API_PORT}；0 为任意空闲端口`,
    ),
    WECHAT_SIMULATOR_PORT: say(
      `port of the simulated WeChat (default ${DEFAULT_WECHAT_PORT}; 0: any free one)`,
      `模拟微信的端口，默认 ${DEFAULT_WECHAT_PORT}；0 为任意空闲端口`,
    ),
    PHONE_PORT: say(
      `port of the phone to look at (default ${DEFAULT_PHONE_PORT})`,
      `手机演示页面的端口，默认 ${DEFAULT_PHONE_PORT}`,
    ),
    WECHAT_API_BASE_URL: say(
      'use the WeChat at this address, start no simulated one',
      '使用此地址的微信，不启动模拟的微信',
    ),
    AWS_ENDPOINT_URL_DYNAMODB: say(
      'use the DynamoDB at this address, start none (AWS_ENDPOINT_URL does the same)',
      '使用此地址的 DynamoDB，不启动内置引擎（AWS_ENDPOINT_URL 作用相同）',
    ),
    TABLE_NAME: say(
      'of a table that stays at that address (default: one that goes at the end)',
      '在该地址上保留的数据表，默认使用退出即删除的表',
    ),
    WEBHOOK_URL: say(
      'hand each event to this address as a deployment does; WEBHOOK_SECRET is what the header x-qingniao-secret holds',
      '像部署后那样把每个事件发到此地址；WEBHOOK_SECRET 为请求头 x-qingniao-secret 的内容',
    ),
  },
  options: {
    apps: {
      type: 'string',
      value: 'N',
      default: '1',
      help: say(
        'as many mini programs, each with users, templates and events of its own (default 1)',
        '同时模拟 N 个小程序，用户、模板、事件各自独立，默认 1',
      ),
    },
    data: {
      type: 'string',
      value: 'DIR',
      help: say('keep tables and queues in DIR between runs', '把数据保存在 DIR，下次运行继续使用'),
    },
    ...ZONE_OPTION,
  },
  notes: say(
    'Every setting of the service is taken when it is set: README lists them. A secret may lie in SSM, named by its …_PARAM variable. dev-key stays valid beside the keys of API_KEYS. With the simulated WeChat USER_SENDABLE_TEMPLATES is * unless set. What happened to a message: npm run logs -- MESSAGE_ID --local.',
    '服务的每一项设置都可以用环境变量给出，见 README；密钥可放在 SSM 中，用 …_PARAM 变量给出参数名。设置了 API_KEYS 时，dev-key 仍然可用。使用模拟微信时，USER_SENDABLE_TEMPLATES 默认为 *。一条消息的经过：npm run logs -- MESSAGE_ID --local。',
  ),
} as const;

/** What the greeting tells of, besides the stack. */
export interface Greeted {
  readonly dataDir: string | undefined;
  readonly phoneUrl: string | undefined;
}

/** The greeting once everything runs: where things are, the key, and first calls to try. */
export function greeting(stack: Stack, { dataDir, phoneUrl }: Greeted): string {
  const simulated = `${stack.wechatUrl} ${say('(simulated)', '（模拟）')}`;
  const apps = (stack.wechat?.apps() ?? []).map(({ appId }) => appId);
  const rows: (readonly [string, string])[] = [
    ...(phoneUrl === undefined
      ? []
      : [
          [say('Phone', '手机'), `${phoneUrl} ${say('(open it in a browser)', '（用浏览器打开）')}`] as const,
        ]),
    [
      say('Console', '控制台'),
      `${stack.apiUrl}/console/#key=${DEV_API_KEY} ${say('(for operators)', '（运营人员使用）')}`,
    ],
    [
      'API',
      `${stack.apiUrl} ${say('(in a browser: the way to all of these)', '（用浏览器打开可找到各入口）')}`,
    ],
    [say('WeChat', '微信'), stack.wechatUrl ? simulated : `${stack.env['WECHAT_API_BASE_URL']}`],
    ...(apps.length > 1 ? appRows(apps) : []),
    [say('API key', '密钥'), `${DEV_API_KEY} ${say('(all scopes)', '（全部权限）')}`],
    ['DynamoDB', `${stack.dynamodbEndpoint} ${stack.tableName}`],
    ['SQS', stack.queueUrl],
    [say('Dead', '死信'), stack.deadLetterQueueUrl],
    [
      say('Schedules', '定时'),
      `${stack.scheduler.endpoint} ${say('(stand-in for EventBridge Scheduler)', '（EventBridge Scheduler 替身）')}`,
    ],
    [say('Data', '数据'), dataDir ?? say('not kept', '不保留，退出即清空')],
  ];
  const table = rows.map(([label, value]) => `  ${colors.bold(padWide(label, 9))} ${colors.cyan(value)}`);
  return [
    '',
    `  ${colors.green(say('Qingniao is ready.', '青鸟已就绪。'))}`,
    '',
    ...table,
    '',
    `  ${say('Try it:', '试一试：')}`,
    '',
    ...firstCalls(stack, apps).map((line) => `  ${line}`),
    '',
    colors.dim(`  ${say('Ctrl-C ends it.', '按 Ctrl-C 退出。')}`),
    '',
  ].join('\n');
}

function appRows([first = '', ...others]: readonly string[]): [string, string][] {
  const note = say('(the first: for calls that name none)', '（第一个：请求未指明小程序时使用）');
  const named = say('the header x-wechat-appid says which', '用请求头 x-wechat-appid 指明小程序');
  return [
    [say('Apps', '小程序'), `${first} ${note}`],
    ...others.map((appId): [string, string] => ['', appId]),
    ['', named],
  ];
}

function firstCalls({ apiUrl, wechatUrl }: Stack, apps: readonly string[]): string[] {
  const comment = (en: string, zh: string) => colors.dim(`# ${say(en, zh)}`);
  const [openid = ''] = SAMPLE_OPENIDS;
  const template = SAMPLE_TEMPLATES[0];
  if (wechatUrl === undefined || template === undefined) return [`curl ${apiUrl}/v1/health`];
  const { templateId } = template;
  const ports = stackPorts({ apiUrl, wechatUrl });
  const results = { [templateId]: 'accept' };
  const data = Object.fromEntries(template.keywords.map(({ key, example }) => [key, example]));
  const [, second] = apps;
  return [
    comment(
      'ten users who allow; then make a campaign to them in the console',
      '十个允许接收消息的用户；然后在控制台给他们创建群发活动',
    ),
    `npm run dev:users${ports}`,
    '',
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
    ...(second === undefined
      ? []
      : [
          '',
          comment('the users of another mini program, and its templates', '另一个小程序的用户和模板'),
          `curl '${wechatUrl}/_control/users?appid=${second}'`,
          `curl -X POST ${apiUrl}/v1/templates/sync -H 'x-wechat-appid: ${second}' -H 'authorization: Bearer ${DEV_API_KEY}'`,
        ]),
  ];
}

/** The addresses, as options, where they are not the usual ones. */
function stackPorts({ apiUrl, wechatUrl }: { readonly apiUrl: string; readonly wechatUrl: string }): string {
  const given = [
    ...(new URL(apiUrl).port === `${DEFAULT_API_PORT}` ? [] : [`--api ${apiUrl}`]),
    ...(new URL(wechatUrl).port === `${DEFAULT_WECHAT_PORT}` ? [] : [`--wechat ${wechatUrl}`]),
  ];
  return given.length === 0 ? '' : ` -- ${given.join(' ')}`;
}

function post(url: string, body: unknown, key?: string): string[] {
  const authorization = key === undefined ? '' : ` -H 'authorization: Bearer ${key}'`;
  return [
    `curl ${url} -H 'content-type: application/json'${authorization} \\`,
    `  -d '${JSON.stringify(body)}'`,
  ];
}

/** Pads text whose Chinese characters are two columns wide. */
function padWide(text: string, columns: number): string {
  const width = text.length + (text.match(/[\u4e00-\u9fff]/g)?.length ?? 0);
  return text + ' '.repeat(Math.max(0, columns - width));
}

/** Says which variable to set when a port is taken. */
export function portInUse(
  port: number,
  { wechatPort, phonePort }: { wechatPort: number; phonePort: number },
): string {
  const ports = { [wechatPort]: 'WECHAT_SIMULATOR_PORT', [phonePort]: 'PHONE_PORT' };
  const variable = ports[port] ?? 'PORT';
  const example = `${variable}=${port + 1} npm run dev`;
  return say(
    `Port ${port} is in use. Choose another with ${variable}, for example: ${example}`,
    `端口 ${port} 已被占用。请用 ${variable} 换一个端口，例如：${example}`,
  );
}

/** Says which of the variables that are set have no effect. */
export function notTakenLine(names: readonly string[]): string {
  const list = names.join(', ');
  return say(
    `Set by npm run dev itself, yours is not used: ${list}`,
    `由 npm run dev 自行设置，您设置的值不起作用：${list}`,
  );
}
