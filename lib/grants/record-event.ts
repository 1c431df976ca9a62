import { isLongTerm } from './holds.ts';
import { type Ledger, type TemplateGrants, type TemplateKind, withGrants } from './ledger.ts';
import { countTap, grantedAfter, NONE_RECENT } from './recent-grants.ts';
import { isAccept, knownGrants, knownKind } from './report-grants.ts';

/** One template's part of an event of WeChat's. */
export interface EventAnswer {
  readonly templateId: string;
  readonly status: string;
  /** What is known of the template. */
  readonly kind: TemplateKind;
  /** When the user acted, known to the second. */
  readonly atMs: number;
}

/**
 * The ledger after a tap in the subscribe panel that WeChat tells of (WeChat contract §6.4). An accept is one grant more, unless
 * the client's report of the same tap was counted; a grant from before the latest revocation is counted and gone at once.
 * The same events in any order leave the same grants. Counting an event once is the caller's part.
 */
export function recordPopup(ledger: Ledger, told: EventAnswer): Ledger {
  const before = knownGrants(ledger, told.templateId);
  return withGrants(ledger, told.templateId, {
    ...before,
    ...(isAccept(told.status) && withTap(before, told.atMs)),
    ...(isLatest(before, told) && latestAnswer(told)),
    kind: knownKind(told.kind, before.kind),
  });
}

/**
 * The ledger after the user turned a template off (WeChat contract §6.4): what was granted up to then is gone, and what is set
 * aside for booked messages with it. Grants given after it stay, also when the event comes late.
 */
export function recordRevocation(ledger: Ledger, told: EventAnswer): Ledger {
  const before = knownGrants(ledger, told.templateId);
  return withGrants(ledger, told.templateId, {
    ...before,
    ...(!isPast(before, told) && emptied(before, told.atMs)),
    ...(isLatest(before, told) && latestAnswer(told)),
    kind: knownKind(told.kind, before.kind),
    revokedAtMs: Math.max(before.revokedAtMs ?? 0, told.atMs),
  });
}

function withTap(before: TemplateGrants, atMs: number): Partial<TemplateGrants> {
  const { recent, isNew } = countTap(before.recent ?? NONE_RECENT, atMs);
  if (!isNew) return { recent };
  const isGone = atMs <= (before.revokedAtMs ?? 0);
  return { recent, granted: before.granted + 1, available: before.available + (isGone ? 0 : 1) };
}

/** Of two answers in one second the refusal is taken for the later: too few sends do less harm than too many. */
function isLatest({ updatedAtMs, lastStatus }: TemplateGrants, { atMs, status }: EventAnswer): boolean {
  return atMs > updatedAtMs || (atMs === updatedAtMs && !isAccept(status) && isAccept(lastStatus));
}

function latestAnswer({ status, atMs }: EventAnswer): Partial<TemplateGrants> {
  return { subscribed: isAccept(status), lastStatus: status, silentReject: false, updatedAtMs: atMs };
}

/** Whether the user has accepted again since, and nothing is left of what they then took back. */
function isPast(before: TemplateGrants, told: EventAnswer): boolean {
  if (isLongTerm(knownKind(told.kind, before.kind))) return before.subscribed && !isLatest(before, told);
  const left = before.available + before.held;
  return left > 0 && left <= grantedAfter(before.recent ?? NONE_RECENT, told.atMs);
}

function emptied(before: TemplateGrants, atMs: number): Partial<TemplateGrants> {
  const givenSince = grantedAfter(before.recent ?? NONE_RECENT, atMs);
  return {
    available: Math.min(before.available + before.held, givenSince),
    held: 0,
    epoch: before.epoch + 1,
  };
}
