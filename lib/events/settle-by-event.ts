import type { NamingReceipt } from '../campaigns/runs/look-up-send.ts';
import type { Clock } from '../clock.ts';
import type { Ledger } from '../grants/ledger.ts';
import type { Logger } from '../logger.ts';
import type { MessageStore } from '../messages/message-store.ts';
import type { Contention } from '../retry.ts';
import { afterReceipt, type DeliveryReceipt, sendOfReceipt, WINDOW_MS } from '../sends/delivery-receipt.ts';
import { updateSend } from '../sends/send-port.ts';
import type { SendRecord } from '../sends/send-record.ts';

export interface SentEventServices extends Contention {
  readonly store: Pick<MessageStore, 'loadLedger' | 'listOfUser' | 'findSend'>;
  /** The id of a campaign's send that the user's ledger no longer names. */
  readonly findSend: (receipt: NamingReceipt) => Promise<string | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What came of it. `not-yet`: it may belong to a send whose own answer is still to come. */
export type ReceiptResult = 'settled' | 'known' | 'not-yet' | 'unmatched';

const PAGE_SIZE = 100;
/** Who has more messages than this gets his latest joined only. */
const MOST_PAGES = 10;

/**
 * Writes a delivery receipt into the send that it is about: `delivered`, or `failed`. The send is found by the msgid that it answered;
 * where none was answered by user, template and time, if only one can be meant (WeChat contract §6.4). Of campaigns the user's
 * latest send is looked at first, which their ledger names, and earlier ones where no other has the msgid. The grant stays spent
 * either way: WeChat had taken the send.
 */
export async function settleByReceipt(
  services: SentEventServices,
  receipt: DeliveryReceipt,
): Promise<ReceiptResult> {
  const { store, clock, logger, ...contention } = services;
  const { openid, templateId, createdAtMs, msgid, errcode } = receipt;
  const { value: ledger } = await store.loadLedger(openid);
  const meant = sendOfReceipt(await sendsOf(services, receipt, ledger), receipt, ledger.claim);
  if (meant === 'not-yet' && clock() - createdAtMs < WINDOW_MS) return 'not-yet';
  const known = meant === 'not-yet' ? undefined : meant;
  const id = (await lookedUpSend(services, receipt, known)) ?? known?.id;
  if (id === undefined) {
    logger.warn('An event about a send fits no send of ours, or several.', { templateId, msgid, errcode });
    return 'unmatched';
  }
  const find = async () => store.findSend(id, (await store.loadLedger(openid)).value);
  const result = await updateSend(find, (record) => afterReceipt(record, receipt), contention);
  return result === 'committed' ? 'settled' : 'known';
}

type Candidate = SendRecord & { readonly id: string };

/** An earlier send of a campaign, unless one is known that the receipt names: its msgid says more than that another fits the time. */
async function lookedUpSend(
  { findSend }: SentEventServices,
  { msgid, openid, templateId, createdAtMs }: DeliveryReceipt,
  known: Candidate | undefined,
): Promise<string | undefined> {
  if (msgid === undefined || known?.outcome?.msgid === msgid) return undefined;
  return findSend({ msgid, openid, templateId, createdAtMs });
}

/** The user's messages of that template, and the send that their claim names, whether it is under way or over. */
async function sendsOf(
  { store }: SentEventServices,
  { openid, templateId }: DeliveryReceipt,
  ledger: Ledger,
): Promise<Candidate[]> {
  const sends: Candidate[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { items, next } = await store.listOfUser(openid, PAGE_SIZE, after);
    sends.push(...items.map(({ value }) => value).filter((message) => message.templateId === templateId));
    if (next === undefined) break;
    after = next;
  }
  const { claim } = ledger;
  if (claim?.templateId !== templateId || sends.some(({ id }) => id === claim.messageId)) return sends;
  const { id, record } = await store.findSend(claim.messageId, ledger);
  return record ? [{ ...record, id }, ...sends] : sends;
}
