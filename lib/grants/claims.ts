import type { Hold } from './holds.ts';
import {
  type Claim,
  type GrantEffect,
  type GrantSource,
  grantsOf,
  isSubscription,
  type Ledger,
  spentOf,
  type TemplateGrants,
  withGrants,
} from './ledger.ts';
import { withoutPending } from './packed-pending-messages.ts';

interface ClaimRequest extends Pick<Claim, 'claimId' | 'sendId'> {
  readonly grantKey: string;
  /** The grant that was set aside for it; absent where none was. */
  readonly hold?: Hold;
  readonly nowMs: number;
  readonly leaseMs: number;
}

/** The ledger with the claim, or why there is none. `hold-void`: the grant set aside was zeroed meanwhile. */
type ClaimResult =
  | { readonly type: 'claimed'; readonly ledger: Ledger; readonly claim: Claim }
  | { readonly type: 'no-grant' | 'hold-void' };

/** Takes the user lock and the grant in one step. The ledger must have no open claim. */
export function openClaim(ledger: Ledger, request: ClaimRequest): ClaimResult {
  if (ledger.claim) throw new Error('A claim is open: close it before the next one is opened.');
  const { claimId, sendId, grantKey, hold, nowMs, leaseMs } = request;
  const grants = grantsOf(ledger, grantKey);
  if (!grants) return { type: 'no-grant' };
  if (hold && hold.epoch !== grants.epoch) return { type: 'hold-void' };
  const source = grantSourceOf(grants, hold);
  if (!source) return { type: 'no-grant' };
  const claim: Claim = {
    claimId,
    ...(ledger.life !== undefined && { life: ledger.life }),
    sendId,
    templateId: grantKey,
    source,
    epoch: grants.epoch,
    grantedBefore: grants.granted,
    startedAtMs: nowMs,
    leaseUntilMs: nowMs + leaseMs,
  };
  return {
    type: 'claimed',
    claim,
    ledger: { ...withGrants(ledger, grantKey, moved(grants, source, -1)), claim },
  };
}

function grantSourceOf(grants: TemplateGrants, hold: Hold | undefined): GrantSource | undefined {
  if (isSubscription(grants.kind)) return grants.subscribed ? 'subscription' : undefined;
  if (hold) return grants.held > 0 ? 'held' : undefined;
  return grants.available > 0 ? 'available' : undefined;
}

function moved(grants: TemplateGrants, source: GrantSource, by: 1 | -1): TemplateGrants {
  return source === 'subscription' ? grants : { ...grants, [source]: grants[source] + by };
}

/**
 * Accounts for the open claim and frees the user lock.
 *
 * - `spend`: the grant stays gone.
 * - `refund`: it is available again.
 * - `keep`: it is held again, for the same message's next attempt.
 * - `zero`: only grants recorded since the claim began stay (WeChat contract §9.1, 43101).
 *
 * Grants that were zeroed while the claim was open are not brought back.
 */
export function closeClaim(ledger: Ledger, effect: GrantEffect): Ledger {
  const { claim, ...unclaimed } = ledger;
  if (!claim) return ledger;
  // A send that ended has its record by now. The caller puts back one that is tried again, in the same write.
  const open = withoutPending(unclaimed, [claim.sendId]);
  const grants = grantsOf(ledger, claim.templateId);
  if (!grants || effect === 'spend') return open;
  if (effect === 'zero') return withGrants(open, claim.templateId, zeroed(grants, claim));
  if (grants.epoch !== claim.epoch || claim.source === 'subscription') return open;
  return withGrants(open, claim.templateId, moved(grants, effect === 'keep' ? 'held' : 'available', 1));
}

/**
 * Makes the grant of a closed claim available again, once it turns out that WeChat did not accept the send.
 * `epoch` is that of the claim: a grant that was zeroed since is not brought back.
 */
export function restoreGrant(ledger: Ledger, grantKey: string, epoch: number): Ledger {
  const grants = grantsOf(ledger, grantKey);
  if (!grants || isSubscription(grants.kind) || grants.epoch !== epoch || spentOf(grants) < 1) return ledger;
  return withGrants(ledger, grantKey, moved(grants, 'available', 1));
}

/**
 * Zeroes the grants after a refusal that arrives once its claim has been given up. Grants recorded since the
 * claim began stay. Grants that were zeroed in between, or whose user was erased, stay as they are.
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
