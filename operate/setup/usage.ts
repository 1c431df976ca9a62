import { JSON_OPTION } from '../command-line.ts';
import { say } from '../language.ts';

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
