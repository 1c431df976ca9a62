import { grantKeyOf } from '../../lib/grants/grant-key.ts';
import type { Ledger } from '../../lib/grants/ledger.ts';
import type { Message } from '../../lib/messages/message.ts';
import { listCollapsible, listPending } from '../../lib/messages/pending-messages.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trouble } from './send-rules.ts';
import type { TableState } from './table-part.ts';
import type { WeChatRequest } from './wechat.ts';

/** What the rules of messages that wait look at. */
export interface WaitingRuleOptions {
  readonly scheduler: Scheduler;
  readonly state: () => TableState;
  readonly skewMs: number;
  readonly fail: (rule: string, facts: unknown) => void;
}

/** How long after its moment a message that expires may end: ticks are missed, and dead letters lie for long. */
const EXPIRED_WITHIN_MS = { none: 60_000, outside: 12 * 60_000, everywhere: 4 * 60 * 60_000 };

/** What may become of a message while it waits: it expires, or a newer one takes its place. */
export function createWaitingRules({ scheduler, state, skewMs, fail }: WaitingRuleOptions) {
  const knownIds = new Map<string, ReadonlySet<string>>();
  /** When each message expires, as it was accepted. */
  const expiryOf = new Map<string, number>();
  const expiresAtMs = ({ id }: Message) => expiryOf.get(id) ?? Number.POSITIVE_INFINITY;

  function checkCollapsed(message: Message): void {
    const { collapsedInto, collapseKey } = message;
    if (collapsedInto === undefined) return;
    const newer = state().findMessage(collapsedInto);
    const isOfSameKey =
      newer?.openid === message.openid &&
      grantKeyOf(newer) === grantKeyOf(message) &&
      newer.collapseKey === collapseKey &&
      collapseKey !== undefined;
    if (!isOfSameKey || newer.id === message.id || message.state !== 'canceled')
      fail('a message takes the place of one of its user, template and key', { message, newer });
  }

  return {
    ledgerWritten(ledger: Ledger): void {
      const waiting = listPending(ledger);
      const known = knownIds.get(ledger.openid);
      knownIds.set(ledger.openid, new Set(waiting.map(({ id }) => id)));
      for (const newer of waiting.filter(({ id }) => !known?.has(id))) {
        if (newer.expiresAtMs !== undefined) expiryOf.set(newer.id, newer.expiresAtMs);
        const left = listCollapsible(ledger, newer).filter(({ id }) => id !== newer.id);
        if (left.length > 0) fail('no message waits beside a newer one of its key', { newer, left });
      }
    },
    recorded(message: Message): void {
      checkCollapsed(message);
      const { outcome } = message;
      if (outcome?.reason === 'expired' && outcome.atMs + skewMs < expiresAtMs(message))
        fail('nothing expires before its time', message);
    },
    leaving(request: WeChatRequest): void {
      const message = state().findMessage(request.sendId);
      if (message && scheduler.now() - skewMs >= expiresAtMs(message))
        fail('nothing leaves once it has expired', { request, message });
    },
    /** Ends that are nobody's answer come soon after the moment, whatever held the message up. */
    atRest(trouble: Trouble): void {
      for (const message of state().messages()) {
        const { outcome } = message;
        const isOwnEnd = message.state === 'failed' && outcome?.errcode === undefined;
        const lateMs = (outcome?.atMs ?? 0) - expiresAtMs(message);
        if (isOwnEnd && outcome?.reason !== 'settled-by-hand' && lateMs > EXPIRED_WITHIN_MS[trouble])
          fail('what expires ends soon after', message);
      }
    },
  };
}
