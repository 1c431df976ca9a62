import colors from 'picocolors';
import type { BilingualText } from '../../lib/bilingual-text.ts';
import { inLanguage, say } from '../language.ts';
import type { CredentialVerdict } from './check-credentials.ts';
import type { SecretKind } from './parameter-names.ts';
import type { Change, PlanProblem } from './plan.ts';

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
