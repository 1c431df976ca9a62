import colors from 'picocolors';
import type { BilingualText } from '../../lib/bilingual-text.ts';
import { JSON_OPTION, STAGE_OPTIONS } from '../command-line.ts';
import { inLanguage, say } from '../language.ts';
import type { AuditSummary, UserFinding } from './audit.ts';

/** How `npm run audit` is called. */
export const USAGE = {
  name: 'audit',
  about: say(
    "Recomputes every user's balance of grants from the messages and the campaigns' sends and reports where the table differs. It only reads, and reads the whole table: on AWS that costs half a read unit for each 4 KB, for runs of campaigns three times as much. Exits with 1 when something is amiss.",
    '根据消息和群发记录重新计算每个用户的授权次数，报告与数据表不一致之处。只读，但会读取整张表：在 AWS 上每 4 KB 消耗半个读单位，群发记录约为三倍。发现问题时退出码为 1。',
  ),
  usages: [['--stage NAME [--region REGION]'], ['--table NAME [--app APPID]']],
  options: {
    ...STAGE_OPTIONS,
    table: {
      type: 'string',
      value: 'NAME',
      help: say(
        'the table, to name it directly; AWS_ENDPOINT_URL_DYNAMODB says where, for the local stack',
        '直接指定数据表；本地环境用 AWS_ENDPOINT_URL_DYNAMODB 指定地址',
      ),
    },
    app: {
      type: 'string',
      value: 'APPID',
      help: say(
        'only this mini program (default: every one in the table)',
        '只检查此小程序，默认检查表中的每个小程序',
      ),
    },
    'app-id': { type: 'string', value: 'APPID', help: say('an earlier name of --app', '--app 的旧名') },
    'overdue-minutes': {
      type: 'string',
      value: 'N',
      default: '30',
      help: say(
        'how late a message may be before it is reported (default 30)',
        '消息超时多少分钟后报告，默认 30',
      ),
    },
    segments: {
      type: 'string',
      value: 'N',
      default: '4',
      help: say('parts of the table read at the same time (default 4)', '并行读取的分段数，默认 4'),
    },
    notes: {
      type: 'boolean',
      default: false,
      help: say(
        'also list what mends itself, such as claims that the next send to their user closes; they are counted anyway',
        '同时列出会自行恢复的情况，默认只计数',
      ),
    },
    ...JSON_OPTION,
  },
} as const;

const MEANINGS: Record<UserFinding['rule'], BilingualText> = {
  'negative-balance': { en: 'a count is below zero', zh: '计数为负' },
  'held-mismatch': { en: 'held grants are not those of booked messages', zh: '预留次数与已预约的消息不符' },
  overspent: { en: 'more sends took a grant than grants are spent', zh: '消耗授权的发送多于已用次数' },
  'lost-grants': { en: 'grants are gone that no send took', zh: '有授权次数消失，但没有对应的发送' },
  'forgotten-sends': {
    en: 'grants are gone that runs may have taken of which nothing is kept: deleted, or older than 400 days',
    zh: '次数可能用于已不再保存的群发（已删除，或超过 400 天）',
  },
  'no-grants-recorded': {
    en: 'a send took a grant that was never recorded',
    zh: '发送使用了从未记录的授权',
  },
  'abandoned-claim': {
    en: 'its sender died long ago and nobody came back: look into the dead-letter queue, npm run redrive',
    zh: '发送函数早已中断且无人接手：请查看死信队列，运行 npm run redrive',
  },
  overdue: {
    en: 'it should have left long ago: look into the queues and the log of send-messages',
    zh: '早该发出：请查看队列和 send-messages 的日志',
  },
  'settled-claim': {
    en: 'the next send to this user closes its claim',
    zh: '下一次给该用户发送时会自动结清',
  },
  'void-hold': {
    en: 'its grant was revoked: it is refused when it is due',
    zh: '预留已失效，到点时会被拒绝',
  },
  unreadable: { en: 'an item cannot be read', zh: '有数据无法读取' },
  'not-at-rest': { en: 'changed while it was read: audit again', zh: '读取期间一直在变化，请再次检查' },
};

/** A finding in one line. */
export function lineFor(finding: UserFinding): string {
  const { level, rule, appId, openid } = finding;
  const name = level === 'drift' ? colors.red(say('drift', '偏差')) : colors.dim(say('note ', '提示'));
  return `${name} ${colors.bold(rule)} ${appId} ${openid} ${factsOf(finding)}${inLanguage(MEANINGS[rule])}`;
}

function factsOf(finding: UserFinding): string {
  if (finding.rule === 'unreadable') return `${finding.problem} `;
  if (finding.rule === 'not-at-rest') return '';
  const { templateId, messageId, expected, found } = finding;
  const counts =
    expected === undefined
      ? ''
      : say(`expected ${expected}, found ${found}: `, `应为 ${expected}，实为 ${found}：`);
  return `${templateId} ${messageId === undefined ? '' : `${messageId} `}${counts}`;
}

/** The end of the answer. */
export function summaryLine({ users, messages, drift, notes }: AuditSummary): string {
  const clean = drift === 0;
  const verdict = clean
    ? colors.green(say('no drift', '无偏差'))
    : colors.red(say(`${drift} drift`, `${drift} 处偏差`));
  return say(
    `${users} users, ${messages} messages: ${verdict}, ${notes} notes (--notes)`,
    `${users} 个用户，${messages} 条消息：${verdict}，${notes} 条提示（--notes）`,
  );
}

/** How far it is. */
export function progressLine({ users, messages, drift }: AuditSummary): string {
  return say(
    `${users} users, ${messages} messages, ${drift} drift …`,
    `${users} 个用户，${messages} 条消息，${drift} 处偏差 …`,
  );
}
