import { closeClaim } from '../../lib/grants/claims.ts';
import { grantKeyOf } from '../../lib/grants/grant-key.ts';
import {
  type Claim,
  grantsOf,
  isSubscription,
  type Ledger,
  spentOf,
  type TemplateGrants,
} from '../../lib/grants/ledger.ts';
import { isPending, type Message } from '../../lib/messages/message.ts';
import { type ClaimFate, claimFate } from '../../lib/sends/record-transitions.ts';

/** What an audit needs to know of a message. */
export type AuditedMessage = Pick<
  Message,
  'id' | 'templateId' | 'device' | 'state' | 'hold' | 'lastClaim' | 'dueAtMs' | 'heldUntilMs'
>;

/** What an audit needs to know of a user's sends in runs of campaigns, of which no messages are stored. */
export interface AuditedCampaigns {
  /** Grants that they took for good, by template. */
  readonly taken: ReadonlyMap<string, number>;
  /** The most that runs took of which nothing is kept any more, by template. */
  readonly forgotten: ReadonlyMap<string, number>;
  /** What the user's open claim stands for, where it is that of such a send. */
  readonly claimOutcome?: ClaimFate;
}

/** What may be amiss with one user's records. */
export type AuditRule =
  /** More is available, held and taken by sends than was ever granted. */
  | 'negative-balance'
  /** `held` is not the number of booked messages whose hold is valid. */
  | 'held-mismatch'
  /** More sends took a grant than grants are spent. */
  | 'overspent'
  /** Grants are gone that no send took. */
  | 'lost-grants'
  /** Grants are gone that runs may have taken which were deleted with their campaigns, or are too old. */
  | 'forgotten-sends'
  /** A send took a grant of a template that the ledger knows nothing of. */
  | 'no-grants-recorded'
  /** A sender died long ago, and nobody has come by since to settle its send. */
  | 'abandoned-claim'
  /** A message should have left long ago. */
  | 'overdue'
  /** A claim stands open whose send is accounted for: the next sender to the user closes it. */
  | 'settled-claim'
  /** A booked message whose grant was zeroed: it is refused when it is due. */
  | 'void-hold';

/** Something amiss, or worth a note. `expected` and `found` count grants. */
export interface Finding {
  /** A `note` mends itself, `drift` does not. */
  readonly level: 'drift' | 'note';
  readonly rule: AuditRule;
  readonly templateId: string;
  /** The message, or a recipient's place in a run. */
  readonly messageId?: string;
  readonly expected?: number;
  readonly found?: number;
}

/** When an audit is made, and for how long it puts up with what is late. */
export interface AuditMoment {
  readonly nowMs: number;
  readonly overdueMs: number;
}

/**
 * Recomputes a user's balance from all of their messages and campaign sends, and says where the ledger differs. Pure and exact: records that
 * were read together and are sound have no `drift`. What the zeroing of grants took away belongs to no message, so from
 * then on spent grants have a lower bound only; long-term templates have no balance to keep.
 */
export function auditUser(
  ledger: Ledger,
  messages: readonly AuditedMessage[],
  campaigns: AuditedCampaigns,
  moment: AuditMoment,
): readonly Finding[] {
  const claim = judgeClaim(ledger, messages, campaigns, moment);
  const ids = new Set([
    ...Object.keys(ledger.templates),
    ...messages.map(grantKeyOf),
    ...campaigns.taken.keys(),
  ]);
  return [
    ...claim.findings,
    ...[...ids].flatMap((templateId) =>
      auditTemplate(
        claim.ledger,
        templateId,
        messages.filter((message) => grantKeyOf(message) === templateId),
        campaigns,
      ),
    ),
    ...overdue(messages, claim.ledger.claim, moment),
  ];
}

/** The ledger as it is once the open claim is closed, where it stands written how its send ended. */
function judgeClaim(
  ledger: Ledger,
  messages: readonly AuditedMessage[],
  campaigns: AuditedCampaigns,
  { nowMs, overdueMs }: AuditMoment,
): { ledger: Ledger; findings: readonly Finding[] } {
  const { claim } = ledger;
  if (!claim) return { ledger, findings: [] };
  const { sendId: messageId, templateId } = claim;
  const message = messages.find(({ id }) => id === messageId);
  const outcome = campaigns.claimOutcome ?? claimFate(claim, message, nowMs);
  if (outcome.type === 'settled') {
    const findings: Finding[] = [{ level: 'note', rule: 'settled-claim', templateId, messageId }];
    return { ledger: closeClaim(ledger, outcome.effect), findings };
  }
  if (nowMs < claim.leaseUntilMs + overdueMs) return { ledger, findings: [] };
  return { ledger, findings: [{ level: 'drift', rule: 'abandoned-claim', templateId, messageId }] };
}

function auditTemplate(
  ledger: Ledger,
  templateId: string,
  messages: readonly AuditedMessage[],
  { taken, forgotten }: AuditedCampaigns,
): readonly Finding[] {
  const grants = grantsOf(ledger, templateId);
  const inRuns = taken.get(templateId) ?? 0;
  if (!grants) return withoutGrants(templateId, messages, inRuns);
  if (isSubscription(grants.kind)) return [];
  const claim = ledger.claim?.templateId === templateId ? ledger.claim : undefined;
  const booked = messages.filter(
    (message) => isPending(message) && message.hold && message.id !== claim?.sendId,
  );
  return [
    ...balance(templateId, grants),
    ...held(templateId, grants, booked),
    ...spent(
      templateId,
      grants,
      messages.filter(tookGrant).length + inRuns + (takes(claim) ? 1 : 0),
      forgotten.get(templateId) ?? 0,
    ),
    ...booked
      .filter(({ hold }) => hold?.epoch !== grants.epoch)
      .map(({ id }): Finding => ({ level: 'note', rule: 'void-hold', templateId, messageId: id })),
  ];
}

function withoutGrants(
  templateId: string,
  messages: readonly AuditedMessage[],
  inRuns: number,
): readonly Finding[] {
  const finding: Finding = { level: 'drift', rule: 'no-grants-recorded', templateId };
  return [
    ...messages
      .filter((message) => message.lastClaim || (message.hold && isPending(message)))
      .map(({ id }) => ({ ...finding, messageId: id })),
    ...(inRuns > 0 ? [{ ...finding, expected: inRuns, found: 0 }] : []),
  ];
}

/** Whether a message's send has a grant on its account for good. What a restore ended without a grant had no claim. */
function tookGrant({ state, lastClaim }: AuditedMessage): boolean {
  if (!lastClaim) return false;
  return state === 'sent' || state === 'delivered' || state === 'unknown' || lastClaim.effect === 'spend';
}

function takes(claim: Claim | undefined): boolean {
  return claim !== undefined && claim.source !== 'subscription';
}

function balance(templateId: string, grants: TemplateGrants): readonly Finding[] {
  const lowest = Math.min(grants.available, grants.held, spentOf(grants));
  if (lowest >= 0) return [];
  return [{ level: 'drift', rule: 'negative-balance', templateId, expected: 0, found: lowest }];
}

function held(
  templateId: string,
  grants: TemplateGrants,
  booked: readonly AuditedMessage[],
): readonly Finding[] {
  const expected = booked.filter(({ hold }) => hold?.epoch === grants.epoch).length;
  if (grants.held === expected) return [];
  return [{ level: 'drift', rule: 'held-mismatch', templateId, expected, found: grants.held }];
}

function spent(
  templateId: string,
  grants: TemplateGrants,
  expected: number,
  forgotten: number,
): readonly Finding[] {
  const found = spentOf(grants);
  if (found < expected) return [{ level: 'drift', rule: 'overspent', templateId, expected, found }];
  if (grants.epoch > 0 || grants.revokedAtMs !== undefined || found === expected) return [];
  if (found - expected <= forgotten)
    return [{ level: 'note', rule: 'forgotten-sends', templateId, expected, found }];
  return [{ level: 'drift', rule: 'lost-grants', templateId, expected, found }];
}

function overdue(
  messages: readonly AuditedMessage[],
  claim: Claim | undefined,
  { nowMs, overdueMs }: AuditMoment,
): readonly Finding[] {
  return messages
    .filter((message) => isPending(message) && message.id !== claim?.sendId)
    .filter(({ dueAtMs, heldUntilMs = 0 }) => nowMs > Math.max(dueAtMs, heldUntilMs) + overdueMs)
    .map(({ id, templateId }) => ({ level: 'drift', rule: 'overdue', templateId, messageId: id }));
}
