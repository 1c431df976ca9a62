import type { NamingReceipt } from '../campaigns/runs/earlier-sends.ts';
import type { Clock } from '../clock.ts';
import { type Contention, untilUncontended } from '../contention.ts';
import type { Claim } from '../grants/ledger.ts';
import type { Logger } from '../logger.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { afterReceipt, type DeliveryReceipt } from '../sends/delivery-receipt.ts';
import { type Send, updateSend } from '../sends/send.ts';
import { sendOfReceipt, WINDOW_MS } from '../sends/send-of-receipt.ts';
import type { SendRecord } from '../sends/send-record.ts';
import { changed } from '../stored.ts';

/** What settling by WeChat's final word needs from outside. */
export interface SentEventServices extends Contention {
  readonly store: Pick<MessageStore, 'load' | 'loadLedger' | 'listOfUser' | 'commit'>;
  /** The sends of campaigns, of which no message is stored. */
  readonly campaignSends: {
    find(id: string): Promise<Send | undefined>;
    /** The id of a send that the user's ledger no longer names. */
    findEarlier(receipt: NamingReceipt): Promise<string | undefined>;
  };
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What came of it. `not-yet`: it may belong to a send whose own answer is still to come. */
export type ReceiptResult = 'settled' | 'known' | 'not-yet' | 'unmatched';

const PAGE_SIZE = 100;
/** Who has more messages than this gets his latest joined only. */
const MOST_PAGES = 10;

/**
 * Writes WeChat's final word into the send it is about: `delivered`, or `failed`. The send is found by the msgid that it answered;
 * where none was answered by user, template and time, if only one can be meant (WeChat contract §6.4). Of campaigns the user's
 * latest send is looked at first, which their ledger names, and earlier ones where no other has the msgid. The grant stays spent
 * either way: WeChat had taken the send.
 */
export async function settleByReceipt(
  services: SentEventServices,
  item: DeliveryReceipt,
): Promise<ReceiptResult> {
  const { store, clock, logger } = services;
  const { claim } = (await store.loadLedger(item.openid)).value;
  const sends = [...(await campaignSend(services, item, claim)), ...(await messagesOf(services, item))];
  const meant = sendOfReceipt(sends, item, claim);
  if (meant === 'not-yet' && clock() - item.createdAtMs < WINDOW_MS) return 'not-yet';
  const known = meant === 'not-yet' ? undefined : meant;
  const earlier = await earlierSend(services, item, known);
  if (earlier !== undefined) return settleInRun(services, earlier, item);
  if (known?.kind === 'message') return writeDown(services, known.id, item);
  if (known) return settleInRun(services, known.id, item);
  const { templateId, msgid, errcode } = item;
  logger.warn('An event about a send fits no send of ours, or several.', { templateId, msgid, errcode });
  return 'unmatched';
}

/** An earlier send of a campaign, unless one is known that the event names: its msgid says more than that another fits the time. */
async function earlierSend(
  { campaignSends }: SentEventServices,
  { msgid, openid, templateId, createdAtMs }: DeliveryReceipt,
  known: Candidate | undefined,
): Promise<string | undefined> {
  if (msgid === undefined || known?.outcome?.msgid === msgid) return undefined;
  return campaignSends.findEarlier({ msgid, openid, templateId, createdAtMs });
}

async function settleInRun(
  { campaignSends, ...contention }: SentEventServices,
  id: string,
  receipt: DeliveryReceipt,
): Promise<ReceiptResult> {
  const find = () => campaignSends.find(id);
  const result = await updateSend(find, (record) => afterReceipt(record, receipt), contention);
  return result === 'committed' ? 'settled' : 'known';
}

type Candidate = SendRecord & { readonly id: string; readonly kind: 'message' | 'campaign' };

async function messagesOf(
  { store }: SentEventServices,
  { openid, templateId }: DeliveryReceipt,
): Promise<Candidate[]> {
  const messages: Candidate[] = [];
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
  { templateId }: DeliveryReceipt,
  claim: Claim | undefined,
): Promise<Candidate[]> {
  if (claim?.templateId !== templateId) return [];
  const found = await campaignSends.find(claim.messageId);
  return found?.record ? [{ ...found.record, id: found.id, kind: 'campaign' }] : [];
}

function writeDown(
  { store, clock, ...contention }: SentEventServices,
  messageId: string,
  item: DeliveryReceipt,
): Promise<ReceiptResult> {
  return untilUncontended(async () => {
    const { message } = await store.load(messageId);
    const after = message && afterReceipt(message.value, item);
    if (!after) return 'known';
    const result = await store.commit({ records: [changed(message, { ...after, updatedAtMs: clock() })] });
    return result === 'conflict' ? result : 'settled';
  }, contention);
}
