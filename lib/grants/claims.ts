import { type Hold, isLongTerm } from './holds.ts';
import {
  type Claim,
  type GrantEffect,
  type GrantSource,
  grantsOf,
  type Ledger,
  spentOf,
  type TemplateGrants,
  withGrants,
} from './ledger.ts';
import { withoutWaiting } from './packed-waiting.ts';

/** A sender's wish to begin a send. */
export interface ClaimRequest {
  readonly claimId: string;
  readonly messageId: string;
  readonly templateId: string;
  /** The grant that was set aside when the message was accepted; absent for a message booked without one. */
  readonly hold?: Hold;
  readonly nowMs: number;
  readonly leaseMs: number;
}

/** What came of the wish. `hold-void`: the grant set aside was zeroed meanwhile. */
export type ClaimResult =
  | { readonly type: 'claimed'; readonly ledger: Ledger; readonly claim: Claim }
  | { readonly type: 'no-grant' }
  | { readonly type: 'hold-void' };

/** Takes the user's turn and the grant in one step. The ledger must have no open claim. */
export function openClaim(ledger: Ledger, request: ClaimRequest): ClaimResult {
  if (ledger.claim) throw new Error('A claim is open: close it before the next one is opened.');
  const grants = grantsOf(ledger, request.templateId);
  if (!grants) return { type: 'no-grant' };
  if (request.hold && request.hold.epoch !== grants.epoch) return { type: 'hold-void' };
  const source = sourceOf(grants, request.hold);
  if (!source) return { type: 'no-grant' };
  const claim: Claim = {
    claimId: request.claimId,
    ...(ledger.life !== undefined && { life: ledger.life }),
    messageId: request.messageId,
    templateId: request.templateId,
    source,
    epoch: grants.epoch,
    grantedBefore: grants.granted,
    startedAtMs: request.nowMs,
    leaseUntilMs: request.nowMs + request.leaseMs,
  };
  const taken = withGrants(ledger, request.templateId, moved(grants, source, -1));
  return { type: 'claimed', claim, ledger: { ...taken, claim } };
}

function sourceOf(grants: TemplateGrants, hold: Hold | undefined): GrantSource | undefined {
  if (isLongTerm(grants.kind)) return grants.subscribed ? 'subscription' : undefined;
  if (hold) return grants.held > 0 ? 'held' : undefined;
  return grants.available > 0 ? 'available' : undefined;
}

function moved(grants: TemplateGrants, source: GrantSource, by: 1 | -1): TemplateGrants {
  if (source === 'subscription') return grants;
  return { ...grants, [source]: grants[source] + by };
}

/**
 * Accounts for the open claim and frees the user's turn.
 *
 * - `spend`: the grant stays gone.
 * - `refund`: it is available again.
 * - `keep`: it is held again, for the same message's next attempt.
 * - `zero`: WeChat knows of no usable subscription. Only grants recorded since the claim began stay (WeChat contract §9.1, 43101).
 *
 * Grants that were zeroed while the claim was open are not brought back.
 */
export function closeClaim(ledger: Ledger, effect: GrantEffect): Ledger {
  const { claim, ...unclaimed } = ledger;
  if (!claim) return ledger;
  // How its send ended stands in the message's record; one that is tried again is put back by who closes its claim.
  const open = withoutWaiting(unclaimed, [claim.messageId]);
  const grants = grantsOf(ledger, claim.templateId);
  if (!grants || effect === 'spend') return open;
  if (effect === 'zero') return withGrants(open, claim.templateId, zeroed(grants, claim));
  if (grants.epoch !== claim.epoch || claim.source === 'subscription') return open;
  return withGrants(open, claim.templateId, moved(grants, effect === 'keep' ? 'held' : 'available', 1));
}

/**
 * Makes a grant available again that was spent on a send which WeChat, as it turned out, did not accept. `epoch` is that of
 * its claim, long closed: what was zeroed since is not brought back, and a subscription never lost anything.
 */
export function restoreGrant(ledger: Ledger, templateId: string, epoch: number): Ledger {
  const grants = grantsOf(ledger, templateId);
  if (!grants || isLongTerm(grants.kind) || grants.epoch !== epoch || spentOf(grants) < 1) return ledger;
  return withGrants(ledger, templateId, moved(grants, 'available', 1));
}

/**
 * Takes away what a refusal shows to be gone, when it comes after its claim was given up. What was recorded since that claim began
 * stays; where the grants were zeroed in between, that is done already. Of a user who was erased since it says nothing any more.
 */
export function revokeGrantedBefore(ledger: Ledger, claim: Claim): Ledger {
  const grants = grantsOf(ledger, claim.templateId);
  if (!grants || grants.epoch !== claim.epoch || ledger.life !== claim.life) return ledger;
  return withGrants(ledger, claim.templateId, zeroed(grants, claim));
}

function zeroed(grants: TemplateGrants, claim: Claim): TemplateGrants {
  const recordedSince = grants.granted - claim.grantedBefore;
  return {
    ...grants,
    available: Math.min(grants.available + grants.held, recordedSince),
    held: 0,
    subscribed: grants.subscribed && recordedSince > 0,
    epoch: grants.epoch + 1,
    revokedAtMs: Math.max(grants.revokedAtMs ?? 0, claim.startedAtMs),
  };
}
