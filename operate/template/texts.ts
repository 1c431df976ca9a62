import colors from 'picocolors';
import { JSON_OPTION, ZONE_OPTION } from '../command-line.ts';
import { inLanguage, say } from '../language.ts';
import { SERVICE_OPTIONS } from '../service-client.ts';
import type { AccountTemplate } from './account-templates.ts';
import type { MessageVerdict } from './check-messages.ts';

/** How `npm run template` is called. */
export const USAGE = {
  name: 'template',
  about: say(
    "Looks at the account's templates through the API, and changes them at WeChat; nothing is sent. The key needs read, and manage for apply, add, remove and kind.",
    '通过接口查看账号下的模板，并可在微信侧添加、删除；任何命令都不会发送消息。Key 需要 read 权限，apply、add、remove、kind 还需要 manage。',
  ),
  usages: [
    ['list', say('every template with its fields and warnings', '列出所有模板及其字段、提醒')],
    [
      'search WORD',
      say(
        "titles of WeChat's library that contain the word, with the keywords of the first ten",
        '在微信模板库中按标题查找，前十个列出关键词',
      ),
    ],
    [
      'apply FILE',
      say(
        'brings the account to a file of wished-for templates (YAML): shows the difference, asks, then adds what is missing and gives the aliases; deletes nothing. Exits with 1 where there is a difference and nobody agreed',
        '按清单文件（YAML）添加缺少的模板并设置别名：先显示差异再询问，不删除任何模板；有差异而未同意时退出码为 1',
      ),
    ],
    [
      'add TID --keywords A,B',
      say(
        "adds one template: a tid or title, keywords by name or number, in the card's order; none for the tid of a service card",
        '添加一个模板：tid 或标题，关键词用名称或编号，顺序即卡片上的顺序；服务卡片的 tid 不写关键词',
      ),
    ],
    [
      'remove NAME',
      say(
        'deletes a template at WeChat, unless messages or campaigns need it',
        '在微信侧删除模板；仍有消息或活动需要时会被拒绝',
      ),
    ],
    [
      'check FILE',
      say(
        'tries messages against their templates: one message as for POST /v1/messages, a list of them, or the body of a batch; "-" reads standard input. Exits with 1 when one would be refused',
        '检查消息是否合规：一条消息、消息列表或批量请求体，"-" 为标准输入；有不合规的消息时退出码为 1',
      ),
    ],
    [
      'example NAME',
      say(
        "a message ready to be sent, by the template's id or alias",
        '按模板 ID 或别名给出一条可以直接发送的消息',
      ),
    ],
    [
      'types',
      say(
        'a TypeScript declaration of the templates, so that a wrong field name is a compile error in your code',
        '生成 TypeScript 类型声明，字段名写错时编译不通过',
      ),
    ],
    [
      'kind NAME KIND',
      say(
        'says what WeChat does not tell of a long-term template: limited (frequency-limited) or device; long-term takes it back',
        '声明微信不区分的类型：limited（长期限频）或 device（设备消息），long-term 为撤销',
      ),
    ],
  ],
  takesWords: true,
  options: {
    ...SERVICE_OPTIONS,
    keywords: {
      type: 'string',
      value: 'LIST',
      help: say('for add: two to five keywords, with commas between', '用于 add：两到五个关键词，用逗号分隔'),
    },
    scene: {
      type: 'string',
      value: 'TEXT',
      help: say(
        'for add: what the template is for, up to 15 characters',
        '用于 add：服务场景说明，最多 15 个字',
      ),
    },
    alias: {
      type: 'string',
      value: 'NAME',
      help: say("for add: the template's name", '用于 add：模板的别名'),
    },
    force: {
      type: 'boolean',
      default: false,
      help: say(
        'for remove: cancel what waits for it and end its campaigns',
        '用于 remove：取消待发消息并结束活动',
      ),
    },
    yes: {
      type: 'boolean',
      default: false,
      help: say('for apply and remove: do not ask', '用于 apply 和 remove：不询问'),
    },
    template: {
      type: 'string',
      value: 'NAME',
      help: say(
        'for check: the template of messages that name none; then FILE may hold data alone',
        '用于 check：未写明模板的消息所用的模板，此时文件可以只有 data',
      ),
    },
    fit: {
      type: 'boolean',
      default: false,
      help: say('for check: as if every message said fit: true', '用于 check：按 fit: true 检查'),
    },
    openid: {
      type: 'string',
      value: 'OPENID',
      help: say('for example: whom the message is to', '用于 example：收件人'),
    },
    out: {
      type: 'string',
      value: 'FILE',
      help: say(
        'for types and example: where to write (default: standard output)',
        '用于 types 和 example：写入的文件，默认为标准输出',
      ),
    },
    ...ZONE_OPTION,
    ...JSON_OPTION,
  },
} as const;

/** A template over several lines. */
export function templateLines({
  templateId,
  alias,
  title,
  kind,
  fields,
  warnings,
}: AccountTemplate): string[] {
  const name = alias === undefined ? templateId : `${colors.bold(alias)} = ${templateId}`;
  return [
    `${title}  ${colors.dim(kind)}  ${name}`,
    ...fields.map(
      ({ key, label, rule, values }) =>
        `  ${key.padEnd(20)} ${label}  ${colors.dim(values ? values.join(' | ') : inLanguage(rule))}`,
    ),
    ...warnings.map(({ en, zh }) => colors.yellow(`  ! ${say(en, zh)}`)),
  ];
}

/** A verdict over one line or several. */
export function verdictLines({ templateId, result }: MessageVerdict, index: number): string[] {
  const name = `${index + 1}  ${templateId}`;
  const warnings = result.warnings.map(({ path, en, zh }) => colors.yellow(`     ! ${path}: ${say(en, zh)}`));
  if (!result.valid) {
    return [
      colors.red(`  ✘ ${name}`),
      ...result.problems.map(({ path, message }) => `     ${path}: ${inLanguage(message)}`),
      ...warnings,
    ];
  }
  return [
    colors.green(`  ✔ ${name}`),
    ...result.fitted.map(
      ({ key, from, to }) => `     ${key}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`,
    ),
    ...warnings,
  ];
}

/** The end of a check. */
export function checkSummary(all: number, refused: number): string {
  if (refused === 0) return say(`${all} of ${all} can be sent.`, `全部 ${all} 条都可以发送。`);
  return say(`${refused} of ${all} would be refused.`, `${all} 条中有 ${refused} 条会被拒绝。`);
}
