import type { BilingualText } from '../../lib/bilingual-text.ts';
import type { Claim } from '../../lib/grants/ledger.ts';
import { type Message, type MessageStatus, messageStatusOf } from '../../lib/messages/message.ts';
import type { Outcome } from '../../lib/sends/send-record.ts';

/** One thing that happened to a message. */
export interface Happening {
  readonly atMs: number;
  /** `table`, or the function that logged it. */
  readonly source: string;
  readonly says: BilingualText;
  /** Whether somebody should look at it. */
  readonly isTrouble?: boolean;
}

/**
 * What the table tells of a message, in the order in which it happened. `replaced` are the ids of the messages whose
 * place it took.
 */
export function storyInTable(
  message: Message,
  claim: Claim | undefined,
  nowMs: number,
  replaced: readonly string[] = [],
): readonly Happening[] {
  const at = (atMs: number, en: string, zh: string, isTrouble = false): Happening => ({
    atMs,
    source: 'table',
    says: { en, zh },
    ...(isTrouble && { isTrouble }),
  });
  const { createdAtMs, sendAtMs, expiresAtMs, collapsedInto, outcome, fitted = [], attempts } = message;
  const waits = message.state === 'pending';
  const isTimed = sendAtMs > createdAtMs;
  const underWay = claim?.sendId === message.id && message.lastClaim?.claimId !== claim.claimId;
  const happenings = [
    message.hold
      ? at(createdAtMs, 'accepted, with a grant set aside', '已接受，并预留一次授权')
      : at(createdAtMs, 'accepted, without a grant set aside', '已接受，未预留授权'),
    ...replaced.map((id) =>
      at(
        createdAtMs,
        `took the place of ${id}, and its grant if it had one`,
        `取代了 ${id}，并沿用它的授权（如有）`,
      ),
    ),
    ...fitted.map(({ key, from, to }) =>
      at(createdAtMs, `${key} was fitted: “${from}” to “${to}”`, `${key} 已调整：“${from}” 改为 “${to}”`),
    ),
    ...(isTimed ? [at(sendAtMs, 'its time', '预定的发送时间')] : []),
    ...(underWay
      ? [at(claim.startedAtMs, 'a sender took its turn and the grant', '发送函数取得发送权和授权')]
      : []),
    ...(outcome && collapsedInto === undefined
      ? [at(outcomeMs(message, outcome), ...outcomeTexts(message, attempts), isTroubled(message))]
      : []),
    ...(message.state === 'canceled' ? [at(message.updatedAtMs, ...canceledTexts(message))] : []),
  ];
  const isNext = message.dueAtMs > nowMs && message.dueAtMs !== sendAtMs && message.dueAtMs !== expiresAtMs;
  return [
    ...happenings,
    ...(waits && isNext ? [at(message.dueAtMs, 'the next attempt', '下一次尝试')] : []),
    ...(waits && expiresAtMs !== undefined
      ? [at(expiresAtMs, 'its end: nothing is sent from then on', '到期，此后不再发送')]
      : []),
  ];
}

function canceledTexts({ collapsedInto }: Message): [string, string] {
  if (collapsedInto === undefined) return ['canceled', '已取消'];
  return [`a newer message took its place: ${collapsedInto}`, `被新消息取代：${collapsedInto}`];
}

/** WeChat's event gives the moment in whole seconds: by their end it has happened, and never before the message was there. */
function outcomeMs({ createdAtMs, deliveredAtMs }: Message, { atMs }: Outcome): number {
  return Math.max(createdAtMs, deliveredAtMs === undefined ? atMs : deliveredAtMs + 999);
}

const TROUBLED: ReadonlySet<Message['state']> = new Set(['refused', 'failed', 'unknown']);

function isTroubled({ state, outcome }: Message): boolean {
  return TROUBLED.has(state) || (outcome?.errcode ?? 0) !== 0;
}

/** What WeChat said. */
export function wechatsWords({
  errcode,
  errmsg,
  rid,
  msgid,
}: Partial<Pick<Outcome, 'errcode' | 'errmsg' | 'rid' | 'msgid'>>): readonly string[] {
  return [
    ...(errcode === undefined ? [] : [`errcode ${errcode}`]),
    ...(errmsg === undefined ? [] : [errmsg]),
    ...(rid === undefined ? [] : [`rid ${rid}`]),
    ...(msgid === undefined ? [] : [`msgid ${msgid}`]),
  ];
}

function outcomeTexts({ outcome, state }: Message, attempts: number): [string, string] {
  const words = [outcome?.reason ?? '', ...wechatsWords(outcome ?? {})].join(', ');
  return state === 'pending'
    ? [
        `attempt ${attempts} did not get through and is repeated: ${words}`,
        `第 ${attempts} 次尝试未成功，将重试：${words}`,
      ]
    : [`${state} after ${attempts} request(s): ${words}`, `${state}，共 ${attempts} 次请求：${words}`];
}

/** Where something stands, and what its owner can do about it. */
export interface Standing {
  readonly status: string;
  readonly says: BilingualText;
  readonly remedy?: BilingualText;
}

/** Where a message stands. */
export function standing(message: Message, claim: Claim | undefined, nowMs: number): Standing {
  const status = messageStatusOf(message, claim, nowMs);
  const { remedy } = message.outcome ?? {};
  return { status, says: MEANINGS[status], ...(remedy && { remedy }) };
}

/** What each status means. */
export const MEANINGS: Readonly<Record<MessageStatus, BilingualText>> = {
  scheduled: { en: 'It waits for its time. Nothing need be done.', zh: '等待预定时间，无需处理。' },
  queued: {
    en: 'It is in the queue. If that lasts, look at npm run doctor: a missing access token, a used-up quota or a dead letter keeps it there.',
    zh: '在队列中。若持续很久，请运行 npm run doctor：可能是没有 access_token、额度用尽或进入了死信队列。',
  },
  sending: {
    en: 'A sender is at it. If it died, the message ends as unknown within a minute or two.',
    zh: '正在发送。若发送函数中断，一两分钟内会变为 unknown。',
  },
  sent: { en: 'WeChat accepted it.', zh: '微信已接受。' },
  delivered: { en: 'It arrived.', zh: '已送达。' },
  refused: {
    en: 'The user has no subscription that can be used. Ask for a new one with wx.requestSubscribeMessage.',
    zh: '用户没有可用的订阅，请再次用 wx.requestSubscribeMessage 请求。',
  },
  failed: {
    en: 'It is not tried again. Its grant was given back, unless WeChat had taken the message and told later that it did not arrive.',
    zh: '不再重试。授权已退回；若微信已接受、事后才通知未送达，则授权已消耗。',
  },
  unknown: {
    en: 'It may have arrived, and is not sent again by itself. Ask the user, or settle it: POST /v1/messages/{id}/settle.',
    zh: '可能已送达，不会自动重发。可向用户确认后调用 POST /v1/messages/{id}/settle。',
  },
  canceled: { en: 'It never left.', zh: '从未发出。' },
};
