import type { BilingualText } from '../../bilingual-text.ts';
import { MAX_VARIABLES, OPENID_RULE } from '../../campaigns/recipients/recipient-rules.ts';
import { ALIAS_RULE } from '../../templates/aliases.ts';
import { MAX_PAGE_LENGTH } from '../../templates/page-path.ts';

/** A text in both languages as the one message that Valibot carries, a line for each. */
export function inTwoLines({ en, zh }: BilingualText): string {
  return `${en}\n${zh}`;
}

/** A message, followed by the word that was probably meant. */
export function withHint({ en, zh }: BilingualText, meant: string | undefined): BilingualText {
  if (meant === undefined) return { en, zh };
  return { en: `${en}; did you mean "${meant}"?`, zh: `${zh}，是否想写 "${meant}"？` };
}

const bilingual = (en: string, zh: string) => inTwoLines({ en, zh });

/** How many there may be of something in a list. */
function atMost(count: number, what: string, counted: string): string {
  return bilingual(`must hold at most ${count} ${what}`, `最多 ${count} ${counted}`);
}

/** The messages of validation errors that Valibot has no words for, in both languages. */
export const ERROR_MESSAGES = {
  openid: inTwoLines(OPENID_RULE),
  templateId: bilingual(
    'must be a template id: 1 to 128 letters, digits, - or _',
    '应为模板 ID：1 至 128 个字母、数字、- 或 _',
  ),
  alias: inTwoLines(ALIAS_RULE),
  visibleAscii: (max: number) =>
    bilingual(`must be 1 to ${max} visible ASCII characters`, `应为 1 至 ${max} 个可见的 ASCII 字符`),
  sn: bilingual(
    'must be a serial number: 1 to 128 letters, digits, _ or -',
    '应为设备序列号：1 至 128 个字母、数字、下划线或连字符',
  ),
  maxDevices: (max: number) => atMost(max, 'devices', '台设备'),
  oneDevice: bilingual('must name at least one device', '至少要有一台设备'),
  loginCode: bilingual(
    'must be the code from wx.login: 1 to 256 visible ASCII characters',
    '应为 wx.login 得到的 code：1 至 256 个可见的 ASCII 字符',
  ),
  subscribeStatus: {
    en: 'must be accept, acceptWith…, reject, ban or filter, as wx.requestSubscribeMessage gave it',
    zh: '应为 wx.requestSubscribeMessage 返回的 accept、acceptWith…、reject、ban 或 filter',
  },
  answersByTemplate: bilingual(
    'must be an object with the answer for each template, such as {"<templateId>": "accept"}',
    '应为对象，每个模板一项，例如 {"<模板 ID>": "accept"}',
  ),
  oneTemplate: bilingual(
    'must hold at least one template, as the success callback of wx.requestSubscribeMessage gives it',
    '至少要有一个模板的结果，即 wx.requestSubscribeMessage 的 success 回调内容',
  ),
  maxTemplates: (max: number) => atMost(max, 'templates', '个模板'),
  notWithDryRun: bilingual('cannot go with dryRun', '不能与 dryRun 同时使用'),
  rfc3339: bilingual(
    'must be an RFC 3339 time, such as 2026-12-01T09:00:00+08:00',
    '应为 RFC 3339 时间，例如 2026-12-01T09:00:00+08:00',
  ),
  realMoment: bilingual('must be a date and time that exist', '该日期或时间不存在'),
  timezone: bilingual(
    'must be an IANA time zone, such as Asia/Shanghai',
    '应为 IANA 时区名，例如 Asia/Shanghai',
  ),
  day: bilingual('must be a day, such as 2026-12-01', '应为日期，例如 2026-12-01'),
  realDay: bilingual('must be a day that exists', '该日期不存在'),
  page: bilingual(
    `must be a page of the mini program, such as pages/order/detail?id=7, of up to ${MAX_PAGE_LENGTH} characters once its query is encoded`,
    `应为小程序页面，例如 pages/order/detail?id=7，参数编码后最多 ${MAX_PAGE_LENGTH} 个字符`,
  ),
  collapseKey: bilingual('must be 1 to 64 characters without line breaks', '应为 1 至 64 个字符，不含换行'),
  oneMessage: bilingual('must hold at least one message', '至少要有一条消息'),
  maxMessages: (max: number) => atMost(max, 'messages', '条消息'),
  name: bilingual('must be 1 to 100 characters without line breaks', '应为 1 至 100 个字符，不含换行'),
  variables: bilingual(
    `must be at most ${MAX_VARIABLES}, 2000 bytes together, and named with letters, digits, _ and -`,
    `最多 ${MAX_VARIABLES} 个，合计不超过 2000 字节，变量名只能用字母、数字、_ 和 -`,
  ),
  oneRecipient: bilingual('must hold at least one recipient', '至少要有一个收件人'),
  maxRecipients: (max: number) =>
    bilingual(
      `must hold at most ${max} recipients; add more with POST …/recipients`,
      `最多 ${max} 个收件人，其余请用 POST …/recipients 添加`,
    ),
  wholeNumber: bilingual('must be a whole number', '应为整数'),
  min: (min: number) => bilingual(`must be at least ${min}`, `不能小于 ${min}`),
  max: (max: number) => bilingual(`must be at most ${max}`, `不能大于 ${max}`),
  wallClock: bilingual('must be HH:MM, from 00:00 to 23:59', '应为 HH:MM，从 00:00 到 23:59'),
  tid: bilingual(
    'must be a title of the template library, such as 403',
    '应为模板库中的标题编号 tid，例如 403',
  ),
  categoryIds: bilingual(
    'must be ids of categories with commas between, such as 307,616',
    '应为类目 ID，用英文逗号分隔，例如 307,616',
  ),
  keywordId: bilingual('must be the number of a keyword, such as 2', '应为关键词编号，例如 2'),
  keywordIds: bilingual('must be the 2 to 5 keywords of the template', '应为模板的 2 到 5 个关键词'),
  oneOfTrueFalse: bilingual('must be true or false', '应为 true 或 false'),
  maxJson: (max: number) => bilingual(`must be at most ${max} bytes of JSON`, `JSON 不能超过 ${max} 字节`),
  someChange: bilingual('must change something', '没有要修改的内容'),
} as const;
