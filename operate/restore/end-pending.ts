import type { Clock } from '../../lib/clock.ts';
import { closeClaim, openClaim } from '../../lib/grants/claims.ts';
import type { Hold } from '../../lib/grants/holds.ts';
import type { Claim, Ledger } from '../../lib/grants/ledger.ts';
import { withoutPending } from '../../lib/grants/packed-pending-messages.ts';
import type { Message } from '../../lib/messages/message.ts';
import type { MessageStore } from '../../lib/messages/message-store.ts';
import { listPending } from '../../lib/messages/pending-messages.ts';
import { type Backoff, retryOnConflict } from '../../lib/retry.ts';
import { internalOutcome } from '../../lib/sends/internal-outcome.ts';
import { claimFate, givenUp } from '../../lib/sends/record-transitions.ts';
import type { SendRecord } from '../../lib/sends/send-record.ts';
import { updated, type Versioned } from '../../lib/versioned.ts';

export interface EndServices extends Backoff {
  readonly store: MessageStore;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** So many messages of a user are ended by one write, which DynamoDB takes up to a hundred items in. */
const ENDED_AT_ONCE = 50;

/**
 * Ends as unknown all that is pending of a user, the send that was under way too. Answers how many sends that
 * were.
 */
export async function endPendingOf(services: EndServices, openid: string): Promise<number> {
  let ended = 0;
  for (;;) {
    const now = await retryOnConflict(() => endSome(services, openid), services);
    if (now === 'nothing-left') return ended;
    ended += now;
  }
}

async function endSome(services: EndServices, openid: string): Promise<number | 'nothing-left' | 'conflict'> {
  const { store, clock } = services;
  const stored = await store.loadLedger(openid);
  const { claim } = stored.value;
  if (claim) return endClaimed(services, stored, claim);
  const waiting = listPending(stored.value).slice(0, ENDED_AT_ONCE);
  if (waiting.length === 0) return 'nothing-left';
  let ledger = stored.value;
  const records = waiting.map((message): Versioned<Message> => {
    const taken = spendGrant(services, ledger, { ...message, messageId: message.id });
    ledger = taken.ledger;
    const nowMs = clock();
    return { value: { ...asUnknown(message, taken.claim, nowMs), updatedAtMs: nowMs }, version: undefined };
  });
  const result = await store.commit({ ledger: updated(stored, ledger), records });
  return result === 'conflict' ? result : records.length;
}

/** Its sender is gone, however young the claim is. */
async function endClaimed(
  { store, clock }: EndServices,
  stored: Versioned<Ledger>,
  claim: Claim,
): Promise<number | 'conflict'> {
  const send = await store.findSend(claim.sendId, stored.value);
  const fate = claimFate(claim, send.record, Number.POSITIVE_INFINITY);
  if (fate.type === 'settled') {
    const result = await store.commit({ ledger: updated(stored, closeClaim(stored.value, fate.effect)) });
    return result === 'conflict' ? result : 0;
  }
  const closed = updated(stored, closeClaim(stored.value, 'spend'));
  const result = await send.write((record) => asUnknown(record, claim, clock()), closed);
  return result === 'committed' ? 1 : 'conflict';
}

/**
 * Spends the grant that a send has set aside or would take, because it may have left. Without a grant there
 * is no claim.
 */
export function spendGrant(
  { clock, newId }: Pick<EndServices, 'clock' | 'newId'>,
  ledger: Ledger,
  send: { readonly messageId: string; readonly templateId: string; readonly hold?: Hold },
): { readonly ledger: Ledger; readonly claim?: Claim } {
  const { messageId, templateId, hold } = send;
  const wish = {
    claimId: newId(),
    sendId: messageId,
    grantKey: templateId,
    ...(hold && { hold }),
    nowMs: clock(),
    leaseMs: 0,
  };
  const opened = openClaim(ledger, wish);
  if (opened.type !== 'claimed') return { ledger: withoutPending(ledger, [messageId]) };
  return { ledger: closeClaim(opened.ledger, 'spend'), claim: opened.claim };
}

/** A send of which nobody knows whether it left after the moment that the table was restored to. */
export function asUnknown<Send extends SendRecord>(record: Send, claim: Claim | undefined, nowMs: number) {
  const ended = claim ? givenUp(record, claim, nowMs) : { ...record, state: 'unknown' as const };
  return { ...ended, outcome: internalOutcome('table-restored', nowMs) };
}
