import type { Clock } from '../clock.ts';
import { type Contention, untilUncontended } from '../contention.ts';
import type { Claim } from '../grants/ledger.ts';
import type { Logger } from '../logger.ts';
import { isPending, type Message, type Outcome } from '../messages/message.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { changed } from '../stored.ts';
import type { SentEvent } from './subscribe-event.ts';

/** What settling by WeChat's final word needs from outside. */
export interface SentEventServices extends Contention {
  readonly store: Pick<MessageStore, 'load' | 'loadLedger' | 'listOfUser' | 'commit'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** WeChat's final word on one send. */
export type SentItem = SentEvent['items'][number] & Pick<SentEvent, 'openid' | 'createdAtMs'>;

/** What came of it. `not-yet`: it may belong to a send whose own answer is still to come. */
export type SentItemResult = 'settled' | 'known' | 'not-yet' | 'unmatched';

/** A send and its event are not further apart than this, a dead sender's lease and its note's return included. */
const WINDOW_MS = 15 * 60_000;
const CLOCK_SKEW_MS = 60_000;
const PAGE_SIZE = 100;
/** Who has more messages than this gets his latest joined only. */
const MOST_PAGES = 10;

/**
 * Writes WeChat's final word into the message it is about: `delivered`, or `failed`. The message is found by the msgid that the send
 * answered; where none was answered by user, template and time, if only one message can be meant (WeChat contract §6.4).
 * The grant stays spent either way: WeChat had taken the send.
 */
export async function settleBySentItem(services: SentEventServices, item: SentItem): Promise<SentItemResult> {
  const { store, clock, logger } = services;
  const { claim } = (await store.loadLedger(item.openid)).value;
  const messages = await messagesOf(services, item);
  const meant = messageMeant(messages, item, claim);
  if (meant === 'not-yet') {
    if (clock() - item.createdAtMs < WINDOW_MS) return 'not-yet';
  } else if (meant) {
    return writeDown(services, meant.id, item);
  }
  const { templateId, msgid, errcode } = item;
  logger.warn('An event about a send fits no message of ours, or several.', { templateId, msgid, errcode });
  return 'unmatched';
}

async function messagesOf({ store }: SentEventServices, { openid, templateId }: SentItem) {
  const messages: Message[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { items, next } = await store.listOfUser(openid, PAGE_SIZE, after);
    messages.push(...items.map(({ value }) => value).filter((message) => message.templateId === templateId));
    if (next === undefined) break;
    after = next;
  }
  return messages;
}

/** The message that an event is about; `not-yet` while one that it may be about waits for its answer. */
export function messageMeant(
  messages: readonly Message[],
  item: Pick<SentItem, 'msgid' | 'createdAtMs'>,
  claim: Claim | undefined,
): Message | 'not-yet' | undefined {
  const named = messages.find((message) => isNamed(message, item));
  if (named) return named;
  if (messages.some((message) => mayBeUnderWay(message, claim, item.createdAtMs))) return 'not-yet';
  const [only, ...others] = messages.filter((message) => mayBeMeant(message, item.createdAtMs));
  return others.length === 0 && only && !isPending(only) ? only : undefined;
}

/** The same event again, or one with the msgid that the send answered. */
function isNamed(
  { outcome, deliveredAtMs }: Message,
  { msgid, createdAtMs }: Pick<SentItem, 'msgid' | 'createdAtMs'>,
): boolean {
  if (msgid !== undefined) return outcome?.msgid === msgid;
  return deliveredAtMs === createdAtMs || (outcome?.reason === NOT_DELIVERED && outcome.atMs === createdAtMs);
}

function mayBeUnderWay({ id, state, lastClaim }: Message, claim: Claim | undefined, atMs: number): boolean {
  return (
    isPending({ state }) &&
    claim?.messageId === id &&
    claim.claimId !== lastClaim?.claimId &&
    claim.startedAtMs <= atMs + CLOCK_SKEW_MS
  );
}

/** Whether a message without a msgid of its own was sent at about that time, or may have been: -1 can hide an accepted send. */
function mayBeMeant({ state, outcome }: Message, atMs: number): boolean {
  const isDoubtful = state === 'pending' && outcome?.errcode === -1;
  return (
    (state === 'sent' || state === 'unknown' || isDoubtful) &&
    outcome !== undefined &&
    outcome.msgid === undefined &&
    Math.abs(outcome.atMs - atMs) <= WINDOW_MS
  );
}

function writeDown(
  { store, clock, ...contention }: SentEventServices,
  messageId: string,
  item: SentItem,
): Promise<SentItemResult> {
  return untilUncontended(async () => {
    const { message } = await store.load(messageId);
    if (message?.value.state !== 'sent' && message?.value.state !== 'unknown') return 'known';
    const result = await store.commit({ message: changed(message, withEvent(message.value, item, clock())) });
    return result === 'conflict' ? result : 'settled';
  }, contention);
}

/** The message after WeChat's final word. Its claim, if still open, counts the grant as spent as before. */
export function withEvent(message: Message, item: SentItem, nowMs: number): Message {
  const { msgid, errcode, errorStatus, createdAtMs } = item;
  const { remedy: _remedy, ...known } = message.outcome ?? {};
  const outcome: Outcome = {
    ...known,
    atMs: createdAtMs,
    errcode,
    errmsg: errorStatus,
    reason: errcode === 0 ? 'delivered' : NOT_DELIVERED,
    ...(msgid !== undefined && { msgid }),
    ...(errcode !== 0 && { remedy: REMEDY }),
  };
  return errcode === 0
    ? { ...message, state: 'delivered', deliveredAtMs: createdAtMs, updatedAtMs: nowMs, outcome }
    : { ...message, state: 'failed', updatedAtMs: nowMs, outcome };
}

const NOT_DELIVERED = 'not-delivered';

/** WeChat contract §6.4: the codes of a failed sent event are not documented. */
const REMEDY = {
  en: 'WeChat took the message but then reported that it could not be delivered. The grant is used up: ask the user to subscribe again before you send once more.',
  zh: '微信接收了消息，但随后报告投递失败。这次订阅次数已被用掉：请引导用户再次订阅后再发送。',
};
