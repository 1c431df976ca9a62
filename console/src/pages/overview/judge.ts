import { remedyOfReason } from '../../../../lib/sends/internal-outcome.ts';
import { remedyFor } from '../../../../lib/wechat/errcodes.ts';
import type { Schemas } from '../../api/client.ts';
import type { Bilingual } from '../../bilingual.ts';
import type { Sums } from './statistics.ts';

/** Something that a person should do something about. */
export interface Finding {
  readonly key: string;
  readonly isUrgent?: boolean;
  readonly title: Bilingual<string>;
  readonly remedy: Bilingual<string>;
  /** The page that shows more. */
  readonly leadsTo?: string;
}

/** What is looked at. */
interface Facts {
  readonly app: Schemas['App'];
  readonly deadLetters: Schemas['AppList']['deadLetters'];
  /** Absent while they are read, or where they cannot be. */
  readonly templates: readonly Schemas['Template'][] | undefined;
  readonly today: Sums;
  readonly hasUnknown: boolean;
  readonly nowMs: number;
}

/** What is wrong now, the worst first. */
export function judge(facts: Facts): readonly Finding[] {
  return [
    ...ofApp(facts),
    ...ofDeadLetters(facts),
    ...ofFailures(facts),
    ...ofUnknown(facts),
    ...ofTemplates(facts),
  ];
}

function ofApp({ app }: Facts): readonly Finding[] {
  switch (app.status) {
    case 'credentials-refused':
      return [
        {
          key: 'credentials-refused',
          isUrgent: true,
          title: { en: 'WeChat gives no access token', zh: '微信不给 access_token' },
          remedy: {
            en: 'Nothing can be sent until it does. Ask WeChat again below: its answer says whether the AppSecret is wrong or which IP address to put on the allow-list.',
            zh: '在恢复之前无法发送任何消息。请点下面的“重新向微信查询”，应答会说明是 AppSecret 不对，还是需要把哪个 IP 加入白名单。',
          },
        },
      ];
    case 'sending-stopped':
      return [
        {
          key: 'sending-stopped',
          isUrgent: true,
          title: { en: 'Sending is stopped', zh: '发送已停止' },
          remedy: {
            en: 'By its owner, or because the quota of the day is used up or WeChat has put a penalty on the account. What is booked waits and is tried again by itself; the causes of failures say which it is.',
            zh: '可能由管理者停止，也可能是当日额度用完或账号被微信处罚。已预约的消息会等待并自动重试，具体原因见失败原因。',
          },
          leadsTo: '/messages?status=failed',
        },
      ];
    case 'ready':
      return [];
  }
}

const DEAD: Readonly<Record<string, Bilingual<string>>> = {
  sends: { en: 'send jobs', zh: '发送任务' },
  campaigns: { en: 'campaign jobs', zh: '群发任务' },
  events: { en: 'events of WeChat', zh: '微信事件' },
  changes: { en: 'batches of changes', zh: '变更批次' },
};

function ofDeadLetters({ deadLetters }: Facts): readonly Finding[] {
  return Object.entries(deadLetters ?? {})
    .filter(([, count]) => count > 0)
    .map(([queue, count]) => {
      const what = DEAD[queue] ?? { en: queue, zh: queue };
      return {
        key: `dead-${queue}`,
        isUrgent: true,
        title: {
          en: `Given up, in a dead-letter queue: ${what.en}, ${count}`,
          zh: `有 ${count} 个${what.zh}多次失败，已进入死信队列`,
        },
        remedy: {
          en: 'Find the cause in the functions’ logs and mend it, then put them back with npm run redrive -- --stage NAME. docs/en/runbook.md has the steps.',
          zh: '请在函数日志中查明并排除原因，再用 npm run redrive -- --stage NAME 放回队列，步骤见 docs/zh/runbook.md。',
        },
      };
    });
}

/** Ends that somebody wanted. */
const WANTED = new Set(['settled-by-hand', 'expired']);

function ofFailures({ today }: Facts): readonly Finding[] {
  return [...today.causes]
    .filter(([cause]) => !WANTED.has(cause))
    .toSorted(([, one], [, other]) => other - one)
    .map(([cause, count]) => ({
      key: `failed-${cause}`,
      title: {
        en: `${count} failed today: ${nameOf(cause).en}`,
        zh: `今日失败 ${count} 条：${nameOf(cause).zh}`,
      },
      remedy: remedyOf(cause),
      leadsTo: '/messages?status=failed',
    }));
}

function nameOf(cause: string): Bilingual<string> {
  return isErrcode(cause)
    ? { en: `WeChat’s errcode ${cause}`, zh: `微信错误码 ${cause}` }
    : { en: cause, zh: cause };
}

/** What to do about a cause of failures, in the words of the service itself. */
function remedyOf(cause: string): Bilingual<string> {
  if (isErrcode(cause)) return remedyFor(Number(cause), '', 'send');
  return remedyOfReason(cause) ?? LOOK;
}

const isErrcode = (cause: string) => /^-?\d+$/.test(cause);

const LOOK: Bilingual<string> = {
  en: 'Open one of these messages: its story says what happened and what to do.',
  zh: '请打开其中一条消息，查看经过和处理办法。',
};

function ofUnknown({ hasUnknown }: Facts): readonly Finding[] {
  if (!hasUnknown) return [];
  return [
    {
      key: 'unknown',
      title: { en: 'Messages of unknown fate wait for you', zh: '有结果未知的消息等待处理' },
      remedy: {
        en: 'They may have arrived and are never sent again by themselves. WeChat’s delivery event settles most of them; settle the others once you know.',
        zh: '它们可能已经送达，不会自动重发。多数会由微信的送达事件自动更新，其余请在查明后人工结算。',
      },
      leadsTo: '/messages?status=unknown',
    },
  ];
}

/** The daily sync and half a day. */
const STALE_MS = 36 * 3_600_000;

function ofTemplates({ app, templates, nowMs }: Facts): readonly Finding[] {
  const { templatesSyncedAt: at } = app;
  if (at === undefined && templates?.length === 0)
    return [
      {
        key: 'never-synced',
        title: { en: 'The templates have not been read yet', zh: '还没有读取模板' },
        remedy: {
          en: 'They are read once a day and when a message needs one. Ask WeChat now to see them here.',
          zh: '模板每天读取一次，发送消息需要时也会读取。可以现在就向微信查询。',
        },
      },
    ];
  const stale =
    at !== undefined && nowMs - Date.parse(at) > STALE_MS
      ? [
          {
            key: 'stale',
            title: { en: 'The templates were not read for over a day', zh: '模板已超过一天没有同步' },
            remedy: {
              en: 'The daily sync failed. Ask WeChat again; its answer says why.',
              zh: '每日同步失败。请重新向微信查询，应答会说明原因。',
            },
          },
        ]
      : [];
  return [...stale, ...(templates ?? []).flatMap(warningsOf)];
}

function warningsOf({ templateId, title, warnings }: Schemas['Template']): readonly Finding[] {
  return warnings.map(({ code, en, zh }) => ({
    key: `${templateId}-${code}`,
    title: { en: `Template “${title}”`, zh: `模板“${title}”` },
    remedy: { en, zh },
  }));
}
