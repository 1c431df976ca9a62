import { NOT_BEGUN } from '../../lib/campaigns/runs/results.ts';
import type { RecipientState } from '../../lib/campaigns/runs/run.ts';
import { isPending, type Message } from '../../lib/messages/message.ts';
import type { MessageState, SendRecord } from '../../lib/sends/send-record.ts';
import type { RecipientBook } from './recipient-book.ts';
import type { Scheduler } from './scheduler.ts';
import type { TableState } from './table-part.ts';
import type { WeChatRequest } from './wechat.ts';

/**
 * What an app went through: nothing at all, whatever befell another app's WeChat; only what its own WeChat and
 * the queue did; or functions that failed and died.
 */
export type Trouble = 'none' | 'outside' | 'everywhere';

/** What the rules of sends look at. */
export interface SendRuleOptions {
  readonly scheduler: Scheduler;
  readonly state: () => TableState;
  readonly requests: () => readonly WeChatRequest[];
  readonly book: RecipientBook;
  readonly skewMs: number;
  /** Whether receipts may name another send than the one that they are about. */
  readonly wrongMsgids: boolean;
  readonly fail: (rule: string, facts: unknown) => void;
}

/** Three times as late as any message, and any run, was in thousands of worlds without trouble. */
export const LATE_MS = 5_000;

/** Where a send may go from each state that is an end. */
const NEXT: Record<Exclude<MessageState | RecipientState, 'pending'>, readonly string[]> = {
  unknown: ['sent', 'refused', 'failed', 'delivered'],
  sent: ['delivered', 'failed'],
  delivered: [],
  refused: [],
  failed: [],
  canceled: [],
  skipped: [],
};

/** What the table says of a message, or of a run's recipient, is true by what WeChat saw. */
export function createSendRules(options: SendRuleOptions) {
  const { scheduler, state, requests, book, fail } = options;
  const ofUser = new Map<string, WeChatRequest[]>();
  /** Receipts that were taken in, by user and msgid. */
  const receipts = new Set<string>();

  function checkEnd(id: string, record: SendRecord, trouble: Trouble): void {
    const made = requests().filter(({ sendId }) => sendId === id);
    const accepted = made.filter(({ truth }) => truth === 'accepted');
    const facts = { id, record, made };
    const { state: end, outcome } = record;
    if (accepted.length > 1) fail('WeChat accepts a send once', facts);
    const isReceipts = end === 'delivered' || outcome?.reason === 'not-delivered';
    if (isReceipts && options.wrongMsgids) return;
    const final = accepted[0]?.receipt?.errcode;
    if (end === 'sent' && accepted.length === 0) fail('sent means that WeChat accepted it', facts);
    if (end === 'delivered' && final !== 0) fail('what is delivered was told to be delivered', facts);
    if (outcome?.reason === 'not-delivered' && final !== 1)
      fail('what failed after all was told to have failed', facts);
    const mayHide = made.some(({ told }) => told !== 'refused') && outcome?.reason !== 'settled-by-hand';
    if (end !== 'sent' && end !== 'unknown' && !isReceipts && (accepted.length > 0 || mayHide))
      fail('a send that WeChat may have accepted ends as sent or unknown', facts);
    const mayBeUnknown = made.some(({ told, errcode }) => told !== 'refused' || errcode === -1);
    if (trouble !== 'everywhere' && end === 'unknown' && !mayBeUnknown)
      fail('nothing ends as unknown without a reason', facts);
    const receipt = outcome?.msgid !== undefined && receipts.has(outcome.msgid);
    if (trouble !== 'everywhere' && end === 'sent' && receipt) fail('a receipt settles its send', facts);
  }

  function checkMessage(message: Message, trouble: Trouble): void {
    if (isPending(message)) fail('every accepted message ends', message);
    checkEnd(message.id, message, trouble);
    if (trouble === 'none' && message.state === 'sent' && message.updatedAtMs - message.sendAtMs > LATE_MS)
      fail('without trouble nothing is late', message);
  }

  return {
    /** A send's record was written. */
    recorded(id: string, before: SendRecord | undefined, after: SendRecord): void {
      if (!before || before.state === 'pending' || before.state === after.state) return;
      if (!NEXT[before.state].includes(after.state)) fail('an end is an end', { id, before, after });
    },
    leaving(request: WeChatRequest): void {
      const now = scheduler.now();
      const earlier = ofUser.get(request.openid) ?? [];
      if (!state().ledgerOf(request.openid)) fail('who was erased is not sent to', request);
      for (const other of earlier) {
        if (other.sendId === request.sendId && other.told !== 'refused')
          fail('nothing follows a request that was accepted or may have been', { request, other });
        if (other.told === undefined && other.endsAtMs > now)
          fail('no two requests to one user overlap', { request, other });
      }
      ofUser.set(request.openid, [...earlier, request]);
      if (!request.sendId.startsWith('msg_')) return;
      const message = state().findMessage(request.sendId);
      if (!message) {
        fail('only accepted messages are sent', request);
        return;
      }
      if (now + options.skewMs < message.sendAtMs)
        fail('nothing leaves before its time', { request, message });
      if (!isPending(message)) fail('what has ended is not sent', { request, message });
    },
    receiptTaken: (msgid: string): void => void receipts.add(msgid),
    atRest(trouble: Trouble): void {
      for (const message of state().messages()) checkMessage(message, trouble);
      for (const { sendId, result = NOT_BEGUN } of book.all()) checkEnd(sendId, result, trouble);
    },
  };
}
