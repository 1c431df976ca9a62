import * as v from 'valibot';
import type { Claim } from '../grants/ledger.ts';
import type { InternalReason } from './internal-outcome.ts';
import type { Outcome, SendRecord } from './send-record.ts';

/** What WeChat says of one of the sends to a user in one event. */
export const receiptItem = v.strictObject({
  templateId: v.string(),
  msgid: v.exactOptional(v.string()),
  /** 0 is success. */
  errcode: v.number(),
  errorStatus: v.string(),
});

/** What WeChat says at last of one send: `subscribe_msg_sent_event` (WeChat contract §6.4). */
export interface DeliveryReceipt extends Readonly<v.InferOutput<typeof receiptItem>> {
  readonly openid: string;
  readonly createdAtMs: number;
}

/** The reason of an outcome that a receipt reports as failed. */
const NOT_DELIVERED = 'not-delivered';

/**
 * The record after WeChat's delivery receipt; undefined where that says nothing new. The grant stays spent
 * either way: WeChat had taken the send.
 */
export function afterReceipt<Send extends SendRecord>(
  record: Send,
  { msgid, errcode, errorStatus, createdAtMs }: DeliveryReceipt,
) {
  if (record.state !== 'sent' && record.state !== 'unknown') return undefined;
  const { remedy: _remedy, ...known } = record.outcome ?? {};
  const isDelivered = errcode === 0;
  const outcome: Outcome = {
    ...known,
    atMs: createdAtMs,
    errcode,
    errmsg: errorStatus,
    reason: isDelivered ? 'delivered' : NOT_DELIVERED,
    ...(msgid !== undefined && { msgid }),
    ...(!isDelivered && { remedy: REMEDY }),
  };
  return {
    ...record,
    state: isDelivered ? ('delivered' as const) : ('failed' as const),
    outcome,
    ...(isDelivered && { deliveredAtMs: createdAtMs }),
  };
}

/** WeChat contract §6.4: the codes of a failed sent event are not documented. */
const REMEDY = {
  en: 'WeChat took the message but then reported that it could not be delivered. The grant is used up: ask the user to subscribe again before you send once more.',
  zh: '微信接收了消息，但随后报告投递失败。这次订阅次数已被用掉：请引导用户再次订阅后再发送。',
};

/** A send that a receipt may be about. */
export type ReceiptCandidate = SendRecord & { readonly id: string };

/**
 * A send and its receipt are not further apart than this, a dead sender's lease and its job's return
 * included.
 */
export const WINDOW_MS = 15 * 60_000;
const CLOCK_SKEW_MS = 60_000;

/** The reason of the outcome of a send whose sender was given up for dead. */
const SENDER_LOST: InternalReason = 'sender-lost';
/**
 * The reason of one that a restore of the table ended. What was sent since is gone, and a receipt may be of
 * that.
 */
const TABLE_RESTORED: InternalReason = 'table-restored';

/** The send that a receipt is about; `not-yet` while one that it may be about waits for its answer. */
export function sendOfReceipt<Send extends ReceiptCandidate>(
  sends: readonly Send[],
  item: Pick<DeliveryReceipt, 'msgid' | 'createdAtMs'>,
  claim: Claim | undefined,
): Send | 'not-yet' | undefined {
  const named = sends.find((send) => isNamed(send, item));
  if (named) return named;
  if (sends.some((send) => mayBeUnderWay(send, claim, item.createdAtMs))) return 'not-yet';
  const [only, ...others] = sends.filter((send) => mayBeMeant(send, item));
  return others.length === 0 && only && only.state !== 'pending' ? only : undefined;
}

/** Whether a receipt names this send: it is the same receipt again, or has the msgid that the send answered. */
export function isNamed(
  { outcome, deliveredAtMs }: ReceiptCandidate,
  { msgid, createdAtMs }: Pick<DeliveryReceipt, 'msgid' | 'createdAtMs'>,
): boolean {
  if (msgid !== undefined) return outcome?.msgid === msgid;
  return deliveredAtMs === createdAtMs || (outcome?.reason === NOT_DELIVERED && outcome.atMs === createdAtMs);
}

function mayBeUnderWay(
  { id, state, lastClaim }: ReceiptCandidate,
  claim: Claim | undefined,
  atMs: number,
): boolean {
  return (
    state === 'pending' &&
    claim?.sendId === id &&
    claim.claimId !== lastClaim?.claimId &&
    claim.startedAtMs <= atMs + CLOCK_SKEW_MS
  );
}

/**
 * Whether a send was made at about that time, or may have been: -1 can hide an accepted send. One that has a
 * msgid is not meant by another; a receipt without any may mean each.
 */
function mayBeMeant(
  { state, outcome }: ReceiptCandidate,
  { msgid, createdAtMs }: Pick<DeliveryReceipt, 'msgid' | 'createdAtMs'>,
): boolean {
  const needsRecovery = state === 'pending' && outcome?.errcode === -1;
  return (
    (state === 'sent' || state === 'unknown' || needsRecovery) &&
    outcome !== undefined &&
    outcome.reason !== TABLE_RESTORED &&
    (msgid === undefined || outcome.msgid === undefined) &&
    isNear(outcome, createdAtMs)
  );
}

/**
 * A lost sender's request left before it was given up, which may be long after: when nobody came by for the
 * user.
 */
function isNear(outcome: Outcome, atMs: number): boolean {
  const laterMs = outcome.atMs - atMs;
  return laterMs >= -WINDOW_MS && (laterMs <= WINDOW_MS || outcome.reason === SENDER_LOST);
}
