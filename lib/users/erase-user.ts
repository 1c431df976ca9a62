import type { Clock } from '../clock.ts';
import { type Contention, untilUncontended } from '../contention.ts';
import type { Ledger } from '../grants/ledger.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { outcomeOfClaim } from '../messages/settled-ledger.ts';
import type { Stored } from '../stored.ts';

/** Deletes what is stored of a user. */
export interface UserEraser {
  /** Deletes the ledger that was read; `conflict`: it was changed in between. */
  deleteLedger(ledger: Stored<Ledger>): Promise<'committed' | 'conflict'>;
  /** Takes the user out of the audiences of these templates. */
  leaveAudiences(openid: string, templateIds: readonly string[]): Promise<void>;
  /**
   * Deletes the user's messages, the marks of what was counted and the idempotency keys of their own, page by page.
   * Returns how many messages there were.
   */
  deleteRest(openid: string): Promise<number>;
}

/** What erasing needs from outside. */
export interface EraseServices extends Contention {
  readonly store: Pick<MessageStore, 'loadLedger' | 'load' | 'findOtherSend'>;
  readonly eraser: UserEraser;
  readonly clock: Clock;
}

/** What came of it. Erasing a user of whom nothing is stored is no error. */
export type EraseResult =
  | { readonly type: 'erased'; readonly messages: number; readonly templates: number }
  /** A request to WeChat is under way; its outcome would be written after the erasure. */
  | { readonly type: 'sending'; readonly untilMs: number };

/**
 * Erases a user. The ledger goes before the messages: without it nothing of theirs can be claimed, so that no booked message leaves any more,
 * and its note finds nothing. A crash leaves the rest to the next call. What the user grants afterwards is stored anew.
 */
export async function eraseUser(services: EraseServices, openid: string): Promise<EraseResult> {
  const { store, eraser, clock, ...contention } = services;
  const ledger = await untilUncontended(async () => {
    const stored = await store.loadLedger(openid);
    const { claim } = stored.value;
    if (claim && (await outcomeOfClaim(claim, store, clock())).type === 'under-way') {
      return { busyUntilMs: claim.leaseUntilMs };
    }
    // Before the ledger, which alone says in which audiences the user is.
    await eraser.leaveAudiences(openid, Object.keys(stored.value.templates));
    if (stored.version === undefined) return stored.value;
    return (await eraser.deleteLedger(stored)) === 'conflict' ? 'conflict' : stored.value;
  }, contention);
  if ('busyUntilMs' in ledger) return { type: 'sending', untilMs: ledger.busyUntilMs };
  const templates = Object.keys(ledger.templates).length;
  return { type: 'erased', messages: await eraser.deleteRest(openid), templates };
}
