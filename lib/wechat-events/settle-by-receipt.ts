import type { SendLookup } from '../campaigns/runs/find-send.ts';
import type { Clock } from '../clock.ts';
import type { Ledger } from '../grants/ledger.ts';
import type { Logger } from '../logger.ts';
import type { MessageStore } from '../messages/message-store.ts';
import type { Backoff } from '../retry.ts';
import {
  afterReceipt,
  type DeliveryReceipt,
  isNamed,
  type ReceiptCandidate,
  sendOfReceipt,
  WINDOW_MS,
} from '../sends/delivery-receipt.ts';
import { updateSend } from '../sends/send-port.ts';
import type { Versioned } from '../versioned.ts';

export interface ReceiptServices extends Backoff {
  readonly store: Pick<MessageStore, 'loadLedger' | 'listOfUser' | 'findSend'>;
  /** The sends of campaigns to the user, of which the ledger names the latest at the most. */
  readonly campaignSendsOf: SendLookup;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** `known`: the send says so already. `not-yet`: a send that is under way may be the one meant. */
type ReceiptResult = 'settled' | 'known' | 'not-yet' | 'unmatched';

const PAGE_SIZE = 100;
/** Of a user who has more messages than this, only the latest are considered. */
const MAX_PAGES = 10;

/**
 * Writes a delivery receipt into the send that it is about: `delivered`, or `failed`. The grant stays spent
 * either way, because WeChat had accepted the send.
 *
 * The send is the one that answered the receipt's msgid. Where none did, it is the only one that fits by
 * user, template and time (WeChat contract §6.4), and only of a user whose item stands: an erasure
 * takes the item first and then one send after the other, so that the last of several looks like the only
 * one. The ledger names the user's latest send of a campaign only. Where no send answered the msgid, earlier
 * ones are looked up in their runs.
 */
export async function settleByReceipt(
  services: ReceiptServices,
  receipt: DeliveryReceipt,
): Promise<ReceiptResult> {
  const { store, clock, logger, ...backoff } = services;
  const { openid, templateId, createdAtMs, msgid, errcode } = receipt;
  const read = await store.loadLedger(openid);
  const { value: ledger } = read;
  const sends = await sendsOf(services, receipt, ledger);
  let meant = sendOfReceipt(sends, receipt, ledger.claim);
  if (meant === 'not-yet' && clock() - createdAtMs < WINDOW_MS) return 'not-yet';
  if (meant === undefined || meant === 'not-yet' || !isNamed(meant, receipt)) {
    const earlier = await services.campaignSendsOf(receipt);
    const others = earlier.filter(({ id }) => !sends.some((send) => send.id === id));
    meant = sendOfReceipt([...sends, ...others], receipt, ledger.claim);
    const isGuess = meant !== undefined && meant !== 'not-yet' && !isNamed(meant, receipt);
    if (isGuess && !(await isStillThere(store, read))) meant = undefined;
  }
  if (meant === undefined || meant === 'not-yet') {
    logger.warn('An event about a send fits no send of ours, or several.', { templateId, msgid, errcode });
    return 'unmatched';
  }
  const { id } = meant;
  const find = async () => store.findSend(id, (await store.loadLedger(openid)).value);
  const result = await updateSend(find, (record) => afterReceipt(record, receipt), backoff);
  return result === 'committed' ? 'settled' : 'known';
}

/** Whether the user's item is in the table, and in the life in which it was read. */
async function isStillThere(store: ReceiptServices['store'], read: Versioned<Ledger>): Promise<boolean> {
  if (read.version === undefined) return false;
  const { value, version } = await store.loadLedger(read.value.openid);
  return version !== undefined && value.life === read.value.life;
}

/** The user's messages of that template, and the send that their claim names. */
async function sendsOf(
  { store }: ReceiptServices,
  { openid, templateId }: DeliveryReceipt,
  ledger: Ledger,
): Promise<readonly ReceiptCandidate[]> {
  const pages = [];
  let after: string | undefined;
  do {
    const { items, next } = await store.listOfUser(openid, PAGE_SIZE, after);
    pages.push(items);
    after = next;
  } while (after !== undefined && pages.length < MAX_PAGES);
  const messages = pages.flat().map(({ value }) => value);
  const sends = messages.filter((message) => message.templateId === templateId);
  const { claim } = ledger;
  if (claim?.templateId !== templateId || sends.some(({ id }) => id === claim.sendId)) return sends;
  const { id, record } = await store.findSend(claim.sendId, ledger);
  return record ? [{ ...record, id }, ...sends] : sends;
}
