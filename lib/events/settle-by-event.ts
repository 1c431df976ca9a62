import type { RecipientResult } from '../campaigns/runs/results.ts';
import type { ToldSend } from '../campaigns/runs/told-sends.ts';
import type { Clock } from '../clock.ts';
import { type Contention, untilUncontended } from '../contention.ts';
import type { Claim } from '../grants/ledger.ts';
import type { Logger } from '../logger.ts';
import type { Message, Outcome } from '../messages/message.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { changed } from '../stored.ts';
import { type Candidate, NOT_DELIVERED, type SentItem, sendMeant, WINDOW_MS } from './send-meant.ts';

/** What settling by WeChat's final word needs from outside. */
export interface SentEventServices extends Contention {
  readonly store: Pick<MessageStore, 'load' | 'loadLedger' | 'listOfUser' | 'commit'>;
  /** The sends of campaigns, of which no message is stored. */
  readonly campaignSends: {
    find(id: string): Promise<ToldSend | undefined>;
    settle(
      id: string,
      change: (result: RecipientResult) => RecipientResult | undefined,
    ): Promise<'settled' | 'known'>;
  };
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What came of it. `not-yet`: it may belong to a send whose own answer is still to come. */
export type SentItemResult = 'settled' | 'known' | 'not-yet' | 'unmatched';

const PAGE_SIZE = 100;
/** Who has more messages than this gets his latest joined only. */
const MOST_PAGES = 10;

/**
 * Writes WeChat's final word into the send it is about: `delivered`, or `failed`. The send is found by the msgid that it answered;
 * where none was answered by user, template and time, if only one can be meant (WeChat contract §6.4). Of campaigns the user's
 * latest send is looked at, which their ledger names. The grant stays spent either way: WeChat had taken the send.
 */
export async function settleBySentItem(services: SentEventServices, item: SentItem): Promise<SentItemResult> {
  const { store, clock, logger } = services;
  const { claim } = (await store.loadLedger(item.openid)).value;
  const sends = [...(await campaignSend(services, item, claim)), ...(await messagesOf(services, item))];
  const meant = sendMeant(sends, item, claim);
  if (meant === 'not-yet') {
    if (clock() - item.createdAtMs < WINDOW_MS) return 'not-yet';
  } else if (meant) {
    return meant.kind === 'message'
      ? writeDown(services, meant.id, item)
      : services.campaignSends.settle(meant.id, (result) => resultWithEvent(result, item));
  }
  const { templateId, msgid, errcode } = item;
  logger.warn('An event about a send fits no send of ours, or several.', { templateId, msgid, errcode });
  return 'unmatched';
}

type Send = Candidate & { readonly kind: 'message' | 'campaign' };

async function messagesOf({ store }: SentEventServices, { openid, templateId }: SentItem): Promise<Send[]> {
  const messages: Send[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { items, next } = await store.listOfUser(openid, PAGE_SIZE, after);
    const ofTemplate = items.filter(({ value }) => value.templateId === templateId);
    messages.push(...ofTemplate.map(({ value }) => ({ ...value, kind: 'message' as const })));
    if (next === undefined) break;
    after = next;
  }
  return messages;
}

/** The send to a recipient of a campaign that the user's claim names, whether it is under way or over. */
async function campaignSend(
  { campaignSends }: SentEventServices,
  { templateId }: SentItem,
  claim: Claim | undefined,
): Promise<Send[]> {
  const found = claim && (await campaignSends.find(claim.messageId));
  if (!found || found.templateId !== templateId) return [];
  const { id, result } = found;
  if (!result) return [{ kind: 'campaign', id, state: 'pending' }];
  const { state, settledClaimId } = result;
  return [
    {
      kind: 'campaign',
      id,
      state,
      outcome: result,
      ...(settledClaimId !== undefined && {
        lastClaim: { claimId: settledClaimId, effect: 'spend', epoch: claim.epoch },
      }),
    },
  ];
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
    reason: reasonOf(item),
    ...(msgid !== undefined && { msgid }),
    ...(errcode !== 0 && { remedy: REMEDY }),
  };
  return errcode === 0
    ? { ...message, state: 'delivered', deliveredAtMs: createdAtMs, updatedAtMs: nowMs, outcome }
    : { ...message, state: 'failed', updatedAtMs: nowMs, outcome };
}

/** A recipient's result after WeChat's final word; undefined where it says nothing new. */
function resultWithEvent(result: RecipientResult, item: SentItem): RecipientResult | undefined {
  if (result.state !== 'sent' && result.state !== 'unknown') return undefined;
  const { msgid, errcode, errorStatus, createdAtMs } = item;
  return {
    ...result,
    state: errcode === 0 ? 'delivered' : 'failed',
    atMs: createdAtMs,
    errcode,
    reason: reasonOf(item),
    ...(errcode !== 0 && { errmsg: errorStatus }),
    ...(msgid !== undefined && { msgid }),
  };
}

function reasonOf({ errcode }: SentItem): string {
  return errcode === 0 ? 'delivered' : NOT_DELIVERED;
}

/** WeChat contract §6.4: the codes of a failed sent event are not documented. */
const REMEDY = {
  en: 'WeChat took the message but then reported that it could not be delivered. The grant is used up: ask the user to subscribe again before you send once more.',
  zh: '微信接收了消息，但随后报告投递失败。这次订阅次数已被用掉：请引导用户再次订阅后再发送。',
};
