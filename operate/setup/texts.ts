import colors from 'picocolors';
import type { BilingualText } from '../../lib/bilingual-text.ts';
import { JSON_OPTION } from '../command-line.ts';
import { inLanguage, say } from '../language.ts';
import type { CredentialVerdict } from './check-credentials.ts';
import type { SecretKind } from './parameter-names.ts';
import type { Change, PlanProblem } from './plan.ts';

const NONE: string[] = [];

/** How `npm run setup` is called. */
export const USAGE = {
  name: 'setup',
  about: say(
    "Prepares a stage: stores its secrets as SecureString parameters of SSM, has WeChat check the AppSecret, and says what to enter in WeChat's console and what to ask AWS for where the account is too small. Safe to run again: what exists is kept unless it is to be rotated.",
    '为一个环境（stage）做好部署准备：把密钥写入 SSM 参数（SecureString），向微信验证 AppSecret，并说明公众平台里要填什么、账号额度不足时要向 AWS 申请什么。可以重复运行：已有的内容会保留，除非用 --rotate 指定轮换。',
  ),
  usages: [
    ['--stage NAME [--region REGION] [--app-id APPID]'],
    ['--stage NAME --app APPID [--set NAME=VALUE …]'],
    ['--stage NAME --remove-app APPID'],
    ['--stage NAME --apps'],
    ['--stage NAME --webhook URL'],
  ],
  options: {
    stage: {
      type: 'string',
      value: 'NAME',
      help: say('the stage to prepare, before or after it is deployed', '要准备的环境，部署前后都可以运行'),
    },
    region: {
      type: 'string',
      value: 'REGION',
      help: say(
        'where it is or will be deployed (default: AWS_REGION, else ap-southeast-1)',
        '部署区域，默认 AWS_REGION，其次 ap-southeast-1',
      ),
    },
    'app-id': {
      type: 'string',
      value: 'APPID',
      help: say(
        "the mini program (default: WECHAT_APP_ID, else the deployed stage's, else asked for)",
        '小程序 AppID，默认 WECHAT_APP_ID，其次已部署环境的，否则询问',
      ),
    },
    app: {
      type: 'string',
      value: 'APPID',
      help: say(
        'one more mini program for the stage, or a change of it; takes effect within five minutes without a deployment',
        '给该环境增加一个小程序，或修改已有的；五分钟内生效，无需重新部署',
      ),
    },
    set: {
      type: 'string',
      value: 'NAME=VALUE',
      multiple: true,
      default: NONE,
      help: say(
        'with --app: name, or a setting of its own as in the README (SENDING, MAX_SENDS_PER_SECOND, …); an empty value gives the default back; may be repeated',
        '与 --app 同用：该小程序的名称或自己的设置（见 README，如 SENDING、MAX_SENDS_PER_SECOND）；值为空则恢复默认；可以写多次',
      ),
    },
    'remove-app': {
      type: 'string',
      value: 'APPID',
      help: say(
        'end all sending of a mini program and delete its secrets; its data stays',
        '停止某个小程序的发送并删除其密钥，数据保留',
      ),
    },
    apps: {
      type: 'boolean',
      default: false,
      help: say("list the stage's mini programs", '列出该环境的小程序'),
    },
    webhook: {
      type: 'string',
      value: 'URL',
      help: say(
        'make the secret for an HTTPS address of yours that gets the events (docs/en/events.md)',
        '为接收事件的 HTTPS 地址生成密钥（见 docs/zh/events.md）',
      ),
    },
    rotate: {
      type: 'string',
      value: 'NAME',
      multiple: true,
      default: NONE,
      help: say(
        'make this secret anew: app-secret, session-secret, api-keys, push-token or push-aes-key; with --webhook: webhook-secret; may be repeated',
        '重新生成该密钥：app-secret、session-secret、api-keys、push-token 或 push-aes-key；与 --webhook 同用：webhook-secret；可以写多次',
      ),
    },
    'key-name': {
      type: 'string',
      value: 'NAME',
      help: say(
        'the API key that is to be there (default: backend); a new name adds a key',
        'API Key 的名字，默认 backend；新名字会增加一个 Key',
      ),
    },
    scopes: {
      type: 'string',
      value: 'LIST',
      help: say(
        'what a new key may do: read, send, manage, with commas between (default: read,send)',
        '新 Key 的权限：read、send、manage，用逗号分隔，默认 read,send',
      ),
    },
    appids: {
      type: 'string',
      value: 'LIST',
      help: say(
        'the mini programs that the key of --key-name is for, a new one or one that is there, or "all"',
        '--key-name 所指的 Key 可用于哪些小程序，用逗号分隔，或 all',
      ),
    },
    'remove-key': { type: 'string', value: 'NAME', help: say('take an API key away', '删除一个 API Key') },
    'skip-check': { type: 'boolean', default: false, help: say('do not ask WeChat', '不向微信验证') },
    'dry-run': {
      type: 'boolean',
      default: false,
      help: say('say what would be changed, and change nothing', '只说明会改什么，不做改动'),
    },
    yes: {
      type: 'boolean',
      short: 'y',
      default: false,
      help: say(
        'ask nothing (for CI): the AppSecret comes from WECHAT_APP_SECRET',
        '不提问（用于 CI）：AppSecret 取自环境变量 WECHAT_APP_SECRET',
      ),
    },
    ...JSON_OPTION,
  },
  notes: say(
    'Secrets are taken from the environment and never from the command line: WECHAT_APP_SECRET, SESSION_SECRET, WECHAT_PUSH_TOKEN, WECHAT_PUSH_AES_KEY, WEBHOOK_SECRET, and QINGNIAO_API_KEY for a key that you made yourself (only its SHA-256 is stored). WECHAT_API_BASE_URL and WECHAT_PROXY_URL count here as they do when deployed. --json goes with --apps.',
    '密钥只从环境变量读取，不从命令行读取：WECHAT_APP_SECRET、SESSION_SECRET、WECHAT_PUSH_TOKEN、WECHAT_PUSH_AES_KEY、WEBHOOK_SECRET，以及自己生成的 QINGNIAO_API_KEY（只存储其 SHA-256）。WECHAT_API_BASE_URL 和 WECHAT_PROXY_URL 在这里同样有效。--json 与 --apps 同用。',
  ),
} as const;

const NAMES: Readonly<Record<SecretKind, BilingualText>> = {
  'app-secret': { en: 'AppSecret', zh: '小程序密钥' },
  'session-secret': { en: 'session secret', zh: '会话签名密钥' },
  'push-token': { en: 'Token for message push', zh: '消息推送 Token' },
  'push-aes-key': { en: 'EncodingAESKey for message push', zh: '消息推送 EncodingAESKey' },
  'api-keys': { en: 'API keys (hashes only)', zh: 'API Key（仅哈希）' },
};

const DONE = {
  keep: { en: 'kept', zh: '保留' },
  make: { en: 'made', zh: '新建' },
  replace: { en: 'replaced', zh: '替换' },
} as const satisfies Record<Change['action'], BilingualText>;

/** One secret and what became, or would become, of it. */
export function changeLine({ kind, action }: Change, parameter: string): string {
  const done = DONE[action];
  const mark = action === 'keep' ? colors.dim('·') : colors.green('✔');
  return `${mark} ${parameter}  ${inLanguage(NAMES[kind])}: ${inLanguage(done)}`;
}

/** A secret that its owner sees here for the only time. */
export function shownLine(kind: SecretKind, value: string): string {
  const once =
    kind === 'api-keys'
      ? say('API key, shown only now: give it to your backend', 'API Key，仅此一次显示，请交给你的后端')
      : say('for WeChat’s console, shown only now', '填入公众平台，仅此一次显示');
  return `    ${colors.bold(value)}  ${colors.dim(once)}`;
}

const PROBLEMS: Readonly<Record<PlanProblem, BilingualText>> = {
  'no-app-secret': {
    en: 'The AppSecret is needed: set WECHAT_APP_SECRET, or run without --yes at a terminal to be asked for it.',
    zh: '缺少 AppSecret：请设置环境变量 WECHAT_APP_SECRET，或在终端不带 --yes 运行。',
  },
  'bad-api-keys': {
    en: 'The parameter of the API keys is not JSON of the form [{"name", "sha256", "scopes"}]. Correct or delete it, then run this again.',
    zh: 'API Key 参数不是 [{"name", "sha256", "scopes"}] 形式的 JSON，请修正或删除后重试。',
  },
  'no-such-key': { en: 'There is no API key of that name.', zh: '没有这个名字的 API Key。' },
  'last-key': {
    en: 'That is the only API key, and the service does not start without one. Add another first: --key-name NAME.',
    zh: '这是唯一的 API Key，删除后服务无法启动。请先用 --key-name 增加一个。',
  },
};

/** What is asked before anything is written. */
export function questionText(
  written: readonly { readonly name: string; readonly action: Change['action'] }[],
): string {
  const lines = written.map(({ name, action }) => `  ${action === 'make' ? '+' : '~'} ${name}`);
  return `${say('Write these parameters?', '写入以下参数？')}\n${lines.join('\n')}`;
}

/** Why nothing was done. */
export function problemText(problem: PlanProblem): string {
  return inLanguage(PROBLEMS[problem]);
}

/** What WeChat said of the credentials, and what to do. */
export function verdictLines(verdict: CredentialVerdict): string[] {
  switch (verdict.type) {
    case 'good':
      return [
        `${colors.green('✔')} ${say('WeChat accepts appid and AppSecret.', '微信认可该 AppID 和 AppSecret。')}`,
      ];
    case 'address':
      return [
        `${colors.yellow('!')} errcode ${verdict.errcode}: ${inLanguage(verdict.remedy)}`,
        ...say(
          '  That is the address of this computer; the functions call from others. With the allow-list on they need a fixed address:\n  WECHAT_PROXY_URL, or a VPC with a NAT gateway (docs/en/deploy.md). WeChat did not get as far as checking the AppSecret.',
          '  这是本机的出口 IP，云函数的出口 IP 与此不同。白名单开启时，函数需要固定出口：WECHAT_PROXY_URL 或带 NAT 的 VPC（见 docs/zh/deploy.md）。\n  此时微信尚未校验 AppSecret。',
        ).split('\n'),
      ];
    case 'wrong':
      return [`${colors.red('✘')} errcode ${verdict.errcode}: ${inLanguage(verdict.remedy)}`];
    case 'unknown':
      return [
        `${colors.yellow('!')} ${verdict.reason} ${say('The AppSecret was not checked.', 'AppSecret 未经验证。')}`,
        ...(verdict.remedy ? [`  ${inLanguage(verdict.remedy)}`] : []),
      ];
  }
}

/** What is entered where, once the secrets are there. */
export function consoleLines(o: {
  readonly apiUrl?: string;
  readonly keyIsShown: boolean;
  /** A mini program beside the stage's first, which has a callback address of its own. */
  readonly appId?: string;
}): string[] {
  const { apiUrl, keyIsShown } = o;
  const path = o.appId === undefined ? '/v1/wechat/events' : `/v1/wechat/events/${o.appId}`;
  const url = apiUrl === undefined ? undefined : `${apiUrl.replace(/\/+$/, '')}${path}`;
  return [
    say(
      "In WeChat's console, 开发 → 开发设置 → 消息推送 (optional, docs/zh/wechat-events.md):",
      '在公众平台“开发 → 开发设置 → 消息推送”中填写（可选，见 docs/zh/wechat-events.md）：',
    ),
    `  URL(服务器地址)   ${url ?? say('known after the deployment: run this again', '部署后再运行一次即可看到')}`,
    `  Token(令牌)       ${keyIsShown ? say('above', '见上') : say('as stored', '已存储的值')}`,
    `  EncodingAESKey    ${keyIsShown ? say('above', '见上') : say('as stored', '已存储的值')}`,
    say('  消息加密方式      安全模式 (safe mode)', '  消息加密方式      安全模式'),
    '  数据格式          JSON',
    ...(url === undefined
      ? [
          say(
            '  Submit it after the deployment: WeChat asks the address at once.',
            '  请在部署之后提交，微信会立即验证该地址。',
          ),
        ]
      : []),
    ...(apiUrl === undefined
      ? []
      : [
          say(
            `And under 服务器域名 → request 合法域名, if phones call this API themselves: ${new URL(apiUrl).origin}`,
            `若手机直接调用接口，还要填入“服务器域名 → request 合法域名”：${new URL(apiUrl).origin}`,
          ),
        ]),
  ];
}

/** The commands that come next. */
export function nextLines(o: {
  stage: string;
  /** As they are written on the command line; empty: none. */
  params: string;
  appId: string;
  isDeployed: boolean;
  isChanged: boolean;
}): string[] {
  const params = o.params === '' ? '' : ` ${o.params}`;
  const deploy = `WECHAT_APP_ID=${o.appId} npm run deploy -- --stage ${o.stage}${params}`;
  const doctor = `npm run doctor -- --stage ${o.stage}`;
  if (!o.isDeployed) return [`${say('Next', '接下来')}: ${deploy}`, `${say('Then', '然后')}: ${doctor}`];
  if (!o.isChanged) return [`${say('Next', '接下来')}: ${doctor}`];
  return [
    say(
      'The functions use what was changed within five minutes; nothing need be deployed. At once, if that matters:',
      '各函数会在五分钟内用上新内容，无需重新部署。若要立即生效：',
    ),
    `  ${deploy} --param "secretsRevision=$(date +%s)"`,
  ];
}
