import {
  type ErasePlace,
  type EraseRecipientServices,
  eraseRecipient,
} from '../campaigns/erase-recipient.ts';
import type { Clock } from '../clock.ts';
import { untilUncontended } from '../contention.ts';
import type { Claim, Ledger } from '../grants/ledger.ts';
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
   * Returns the ids of the messages that had records of their own.
   */
  deleteRest(openid: string): Promise<readonly string[]>;
}

/** What erasing needs from outside. */
export interface EraseServices extends EraseRecipientServices {
  readonly store: Pick<MessageStore, 'loadLedger' | 'load' | 'findOtherSend'>;
  readonly eraser: UserEraser;
  readonly clock: Clock;
}

/** What came of it. Erasing a user of whom nothing is stored is no error. */
export type EraseResult =
  | {
      readonly type: 'erased';
      readonly messages: number;
      readonly templates: number;
      /** Places in lists and runs of campaigns. */
      readonly places: number;
      /** Not all campaigns were gone over: call again from here. */
      readonly next?: ErasePlace;
    }
  /** A request to WeChat is under way; its outcome would be written after the erasure. */
  | { readonly type: 'sending'; readonly untilMs: number };

/** For so long after its claim is over a slow sender might still write the first record of a message, which then would outlive the erasure. */
const SETTLING_MS = 60_000;

/** For so long one call goes over campaigns. */
const CAMPAIGNS_FOR_MS = 18_000;

/**
 * Erases a user, or goes on with that where a call before has ended. The ledger goes before the messages: without it nothing of theirs can be claimed, so that no booked message leaves any more,
 * and its note finds nothing; nor by a run of a campaign, from which the user is taken out last. A crash leaves the rest to the next call.
 * What the user grants afterwards is stored anew.
 */
export async function eraseUser(
  services: EraseServices,
  openid: string,
  from?: ErasePlace,
): Promise<EraseResult> {
  const { clock } = services;
  const untilMs = clock() + CAMPAIGNS_FOR_MS;
  const own = from
    ? { type: 'erased' as const, messages: 0, templates: 0 }
    : await eraseOwn(services, openid);
  if (own.type === 'sending') return own;
  const { erased, next } = await eraseRecipient(services, openid, from, () => clock() < untilMs);
  return { ...own, places: erased, ...(next && { next }) };
}

/** Whether the first record of the claimed message has not been written yet. */
function isKept({ waiting }: Ledger, { messageId }: Claim): boolean {
  return waiting?.[messageId] !== undefined;
}

async function eraseOwn(services: EraseServices, openid: string) {
  const { store, eraser, clock } = services;
  const ledger = await untilUncontended(async () => {
    const stored = await store.loadLedger(openid);
    const { claim } = stored.value;
    if (claim) {
      const { type } = await outcomeOfClaim(claim, store, clock());
      const busyUntilMs = claim.leaseUntilMs + (isKept(stored.value, claim) ? SETTLING_MS : 0);
      if (type === 'under-way' || (type === 'abandoned' && clock() < busyUntilMs)) return { busyUntilMs };
    }
    // Before the ledger, which alone says in which audiences the user is.
    await eraser.leaveAudiences(openid, Object.keys(stored.value.templates));
    if (stored.version === undefined) return stored.value;
    return (await eraser.deleteLedger(stored)) === 'conflict' ? 'conflict' : stored.value;
  }, services);
  if ('busyUntilMs' in ledger) return { type: 'sending' as const, untilMs: ledger.busyUntilMs };
  const templates = Object.keys(ledger.templates).length;
  const messages = new Set([...(await eraser.deleteRest(openid)), ...Object.keys(ledger.waiting ?? {})]);
  return { type: 'erased' as const, messages: messages.size, templates };
}
