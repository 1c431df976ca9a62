import colors from 'picocolors';
import { SERVICE_HELP } from '../service-client.ts';
import type { AccountTemplate } from './account-templates.ts';
import type { MessageVerdict } from './check-messages.ts';

/** What `npm run template -- --help` prints. */
export const HELP = `Looks at the account's templates through the API; only kind stores something, and nothing is sent.
通过接口查看账号下的模板；只有 kind 会保存内容，任何命令都不会发送消息。

  npm run template -- list                   every template with its fields and warnings
                                             列出所有模板及其字段、提醒
  npm run template -- check FILE             tries messages against their templates: one message as for POST /v1/messages,
                                             a list of them, or the body of a batch; "-" reads standard input. Exits with 1
                                             when one would be refused
                                             检查消息是否合规：一条消息、消息列表或批量请求体，"-" 为标准输入；有不合规的消息时退出码为 1
  npm run template -- example NAME           a message ready to be sent, by the template's id or alias
                                             按模板 ID 或别名给出一条可以直接发送的消息
  npm run template -- types                  a TypeScript declaration of the templates, so that a wrong field name is a
                                             compile error in your code
                                             生成 TypeScript 类型声明，字段名写错时编译不通过
  npm run template -- kind NAME KIND         says what WeChat does not tell of a long-term template: limited (frequency-limited)
                                             or device; long-term takes it back. Needs a key with manage
                                             声明微信不区分的类型：limited（长期限频）或 device（设备消息），long-term 为撤销；
                                             需要有 manage 权限的 Key

${SERVICE_HELP}
  --template NAME   for check: the template of messages that name none; then FILE may hold data alone
                    用于 check：未写明模板的消息所用的模板，此时文件可以只有 data
  --fit             for check: as if every message said fit: true
                    用于 check：按 fit: true 检查
  --openid OPENID   for example: whom the message is to
                    用于 example：收件人
  --out FILE        for types and example: where to write (default: standard output)
                    用于 types 和 example：写入的文件，默认为标准输出
  --json            for list and check: JSON instead of text
                    用于 list 和 check：输出 JSON
  --help, -h        show this text
                    显示本说明
`;

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
        `  ${key.padEnd(20)} ${label}  ${colors.dim(values ? values.join(' | ') : `${rule.en} ${rule.zh}`)}`,
    ),
    ...warnings.map(({ en, zh }) => colors.yellow(`  ! ${en} ${zh}`)),
  ];
}

/** A verdict over one line or several. */
export function verdictLines({ templateId, result }: MessageVerdict, index: number): string[] {
  const name = `${index + 1}  ${templateId}`;
  const warnings = result.warnings.map(({ path, en, zh }) => colors.yellow(`     ! ${path}: ${en} ${zh}`));
  if (!result.valid) {
    return [
      colors.red(`  ✘ ${name}`),
      ...result.problems.flatMap(({ path, message }) => [
        `     ${path}: ${message.en}`,
        `       ${message.zh}`,
      ]),
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
  if (refused === 0) return `${all} of ${all} can be sent. 全部 ${all} 条都可以发送。`;
  return `${refused} of ${all} would be refused. ${all} 条中有 ${refused} 条会被拒绝。`;
}
