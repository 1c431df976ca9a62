import type { Clock } from '../../clock.ts';
import { type Contention, untilUncontended } from '../../contention.ts';
import { CLAIM_LEASE_MS, freeLedger } from '../../delivery/take-turn.ts';
import { closeClaim, openClaim } from '../../grants/claims.ts';
import type { Claim, Ledger } from '../../grants/ledger.ts';
import type { MessageStore } from '../../messages/message-store.ts';
import { claimFate } from '../../sends/send-record.ts';
import { changed, type Stored } from '../../stored.ts';
import type { Recipient } from '../campaign.ts';
import type { PageJournal } from './page-journal.ts';
import { recipientSendId } from './recipient-send.ts';
import { isGrantee } from './recipient-source.ts';
import { isOpen, NOT_BEGUN } from './results.ts';
import type { RunRecord } from './run.ts';

/** What claiming needs from outside. */
export interface ClaimServices extends Contention {
  readonly store: MessageStore;
  readonly newClaimId: () => string;
  readonly clock: Clock;
}

/** A recipient in their page. */
export interface Addressed {
  readonly run: RunRecord;
  readonly journal: PageJournal;
  readonly recipient: Recipient;
  /** The recipient's place in the page. */
  readonly index: number;
  /** The user's ledger, if it was read not long ago. */
  readonly ledger?: Stored<Ledger> | undefined;
}

/** What came of the wish to send to a recipient. */
export type RecipientTurn =
  | { readonly type: 'claimed'; readonly claim: Claim }
  /** Another send to this user is under way. */
  | { readonly type: 'busy'; readonly untilMs: number }
  /** The recipient has been dealt with. */
  | { readonly type: 'ended' }
  /** Their grant is gone, or came only after the run began. */
  | { readonly type: 'no-grant' }
  /** Somebody else has the page by now. */
  | { readonly type: 'not-mine' };

/**
 * Takes the user's turn and a grant for a recipient of a run, in one conditional write of the ledger. Where the page is doubtful,
 * its results are read after the ledger, as a message is: read the other way round, the recipient could be dealt with, and the claim
 * be closed, in between.
 */
export function claimRecipient(services: ClaimServices, to: Addressed): Promise<RecipientTurn> {
  let known = to.ledger;
  return untilUncontended(async () => {
    const ledger = known ?? (await services.store.loadLedger(to.recipient.openid));
    known = undefined;
    // Claimed before, by a worker that has not written down what came of it, or not yet.
    if (ledger.value.claim?.messageId === sendIdOf(to)) to.journal.doubt();
    if (to.journal.isDoubtful()) await to.journal.reload();
    if (!isOpen(to.journal.resultOf(to.index))) return { type: 'ended' };
    const free = await freed(services, to, ledger);
    if (free === 'conflict' || 'type' in free) return free;
    return claim(services, to, ledger, free);
  }, services);
}

/** Finds out what became of a recipient whom a dead sender claimed, and claims nothing. `busy`: it is too early to tell. */
export function settleLeftClaim(
  services: ClaimServices,
  to: Addressed,
): Promise<{ readonly type: 'settled' } | Extract<RecipientTurn, { type: 'busy' }>> {
  return untilUncontended(async () => {
    const ledger = await services.store.loadLedger(to.recipient.openid);
    if (ledger.value.claim?.messageId !== sendIdOf(to)) return { type: 'settled' };
    to.journal.doubt();
    await to.journal.reload();
    const free = await freed(services, to, ledger);
    if (free === 'conflict') return free;
    return 'type' in free ? free : { type: 'settled' };
  }, services);
}

/**
 * Gives back, or zeroes, what a claim took that a worker left open though its result says what became of it: planning goes by the
 * ledger alone. Where the grant is spent, the claim stays for whoever needs the ledger next.
 */
export function closeLeftClaim(services: ClaimServices, to: Addressed): Promise<void> {
  const { store, clock } = services;
  return untilUncontended(async () => {
    const stored = await store.loadLedger(to.recipient.openid);
    const { claim: open } = stored.value;
    if (open?.messageId !== sendIdOf(to)) return undefined;
    const outcome = claimFate(open, to.journal.resultOf(to.index) ?? NOT_BEGUN, clock());
    if (outcome.type !== 'settled' || outcome.effect === 'spend') return undefined;
    const result = await store.commit({ ledger: changed(stored, closeClaim(stored.value, outcome.effect)) });
    return result === 'conflict' ? result : undefined;
  }, services);
}

/**
 * The ledger with no claim open, or what stands in the way. The results that say what became of the recipient's own claim are those that
 * are acted on: where others were looked at in between, everything is read again.
 */
async function freed(services: ClaimServices, to: Addressed, ledger: Stored<Ledger>) {
  const open = ledger.value.claim;
  if (open?.messageId !== sendIdOf(to)) return freeLedger(services, ledger);
  const outcome = claimFate(open, to.journal.resultOf(to.index) ?? NOT_BEGUN, services.clock());
  switch (outcome.type) {
    case 'settled':
      return closeClaim(ledger.value, outcome.effect);
    case 'under-way':
      return { type: 'busy' as const, untilMs: open.leaseUntilMs };
    case 'abandoned':
      await freeLedger(services, ledger);
      return 'conflict';
  }
}

async function claim(
  { store, clock, newClaimId }: ClaimServices,
  to: Addressed,
  stored: Stored<Ledger>,
  free: Ledger,
): Promise<RecipientTurn | 'conflict'> {
  const { run, journal } = to;
  if (run.source.type === 'grantees' && !isGrantee(free, run)) return { type: 'no-grant' };
  const opened = openClaim(free, {
    claimId: newClaimId(),
    messageId: sendIdOf(to),
    templateId: run.content.templateId,
    nowMs: clock(),
    leaseMs: CLAIM_LEASE_MS,
  });
  if (opened.type !== 'claimed') return { type: 'no-grant' };
  // The ledger was read under the lease, so a claim over it collides with whatever another worker does afterwards.
  if (!journal.holdsLease()) return { type: 'not-mine' };
  const result = await store.commit({ ledger: changed(stored, opened.ledger) });
  return result === 'conflict' ? result : { type: 'claimed', claim: opened.claim };
}

function sendIdOf({ run, recipient, index }: Addressed): string {
  return recipientSendId({ runId: run.id, openid: recipient.openid, index });
}
