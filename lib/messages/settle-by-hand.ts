import type { Clock } from '../clock.ts';
import { closeClaim, restoreGrant } from '../grants/claims.ts';
import { grantKeyOf } from '../grants/grant-key.ts';
import type { Ledger } from '../grants/ledger.ts';
import { type Backoff, retryOnConflict } from '../retry.ts';
import { updated, type Versioned } from '../versioned.ts';
import type { Message } from './message.ts';
import type { Change, MessageStore } from './message-store.ts';

/** What a person found out about a send of unknown fate: WeChat accepted it, or it did not. */
export type ManualOutcome = 'sent' | 'failed';

/** The settled message, or why it is not. Settling twice the same way is no error. */
export type SettleByHandResult =
  | { readonly type: 'settled'; readonly message: Message }
  | { readonly type: 'not-found' | 'not-unknown' };

interface SettleByHandServices extends Backoff {
  readonly store: Pick<MessageStore, 'load' | 'commit'>;
  readonly clock: Clock;
}

/** The reason of an outcome that a person decided. */
const BY_HAND = 'settled-by-hand';

/**
 * Ends a message of unknown fate by a person's word. Whoever is first decides: a manual outcome stands even
 * if the sender's answer turns up afterwards, and a message that the sender settled meanwhile is
 * `not-unknown`.
 */
export function settleByHand(
  { store, clock, ...backoff }: SettleByHandServices,
  messageId: string,
  manual: ManualOutcome,
): Promise<SettleByHandResult> {
  return retryOnConflict(async () => {
    const { message, ledger } = await store.load(messageId);
    if (!message) return { type: 'not-found' };
    if (wasSettled(message.value, manual)) return { type: 'settled', message: message.value };
    if (message.value.state !== 'unknown') return { type: 'not-unknown' };
    const settled = settledMessage(message.value, manual, clock());
    const result = await store.commit(changeOf(message, ledger, settled));
    return result === 'conflict' ? result : { type: 'settled', message: settled };
  }, backoff);
}

function wasSettled({ state, outcome }: Message, manual: ManualOutcome): boolean {
  return state === manual && outcome?.reason === BY_HAND;
}

/**
 * The message after the manual outcome. What WeChat said, if anything, stays in its outcome; advice on what
 * to do now does not.
 */
function settledMessage(message: Message, manual: ManualOutcome, nowMs: number): Message {
  const { remedy: _remedy, ...known } = message.outcome ?? {};
  return {
    ...message,
    state: manual,
    updatedAtMs: nowMs,
    outcome: { ...known, atMs: nowMs, reason: BY_HAND },
    ...(manual === 'failed' &&
      message.lastClaim && { lastClaim: { ...message.lastClaim, effect: 'refund' as const } }),
  };
}

/**
 * A message that WeChat accepted keeps its grant spent. For one that it did not, the grant goes back in the
 * same step.
 */
function changeOf(message: Versioned<Message>, ledger: Versioned<Ledger>, settled: Message): Change {
  const change = { records: [updated(message, settled)] };
  const { lastClaim } = message.value;
  if (settled.state === 'sent' || !lastClaim) return change;
  const isOpen = ledger.value.claim?.claimId === lastClaim.claimId;
  const restored = isOpen
    ? closeClaim(ledger.value, 'refund')
    : restoreGrant(ledger.value, grantKeyOf(message.value), lastClaim.epoch);
  return restored === ledger.value ? change : { ...change, ledger: updated(ledger, restored) };
}
