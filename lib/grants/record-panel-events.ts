import { grantKeysOf } from './grant-key.ts';
import {
  grantsOrNone,
  isAccept,
  isSubscription,
  knownKind,
  type Ledger,
  type TemplateGrants,
  type TemplateKind,
  withGrants,
} from './ledger.ts';
import { countTap, grantedAfter, NONE_RECENT } from './recent-grants.ts';

/** One template's part of an event of WeChat's. */
interface PanelAnswer {
  readonly templateId: string;
  readonly status: string;
  readonly kind: TemplateKind;
  /** When the user acted, known to the second. */
  readonly atMs: number;
}

/**
 * The ledger after a tap in the subscribe panel that WeChat reports (WeChat contract §6.4). An accept is one
 * grant more, unless the client's report of the same tap was counted. One from before the latest revocation
 * counts as gone. Of a device template it says nothing: it names no device.
 *
 * The same events in any order leave the same grants. Counting an event once is the caller's part.
 */
export function recordPopup(ledger: Ledger, answer: PanelAnswer): Ledger {
  const isOfDevices = grantKeysOf(ledger, answer.templateId).some((key) => key !== answer.templateId);
  if (answer.kind === 'device' || isOfDevices) return ledger;
  const before = grantsOrNone(ledger, answer.templateId);
  return withGrants(ledger, answer.templateId, {
    ...before,
    ...(isAccept(answer.status) && withTap(before, answer.atMs)),
    ...(isLatest(before, answer) && latestAnswer(answer)),
    kind: knownKind(answer.kind, before.kind),
  });
}

/**
 * The ledger after the user turned a template off (WeChat contract §6.4). What was granted up to then is
 * gone, what is set aside included. Grants given after it stay, also when the event comes late. The event names no
 * device, so that a device template is off for every one.
 */
export function recordRevocation(ledger: Ledger, answer: PanelAnswer): Ledger {
  const known = grantKeysOf(ledger, answer.templateId);
  const keys = known.length > 0 || answer.kind === 'device' ? known : [answer.templateId];
  return keys.reduce((current, key) => withoutGranted(current, key, answer), ledger);
}

function withoutGranted(ledger: Ledger, key: string, answer: PanelAnswer): Ledger {
  const before = grantsOrNone(ledger, key);
  return withGrants(ledger, key, {
    ...before,
    ...(!isSuperseded(before, answer) && emptied(before, answer.atMs)),
    ...(isLatest(before, answer) && latestAnswer(answer)),
    kind: before.kind === 'device' ? before.kind : knownKind(answer.kind, before.kind),
    revokedAtMs: Math.max(before.revokedAtMs ?? 0, answer.atMs),
  });
}

function withTap(before: TemplateGrants, atMs: number): Partial<TemplateGrants> {
  const { recent, isNew } = countTap(before.recent ?? NONE_RECENT, atMs);
  if (!isNew) return { recent };
  const isGone = atMs <= (before.revokedAtMs ?? 0);
  return { recent, granted: before.granted + 1, available: before.available + (isGone ? 0 : 1) };
}

/** Of two answers in one second the refusal counts as the later: too few sends do less harm than too many. */
function isLatest({ updatedAtMs, lastStatus }: TemplateGrants, { atMs, status }: PanelAnswer): boolean {
  return atMs > updatedAtMs || (atMs === updatedAtMs && !isAccept(status) && isAccept(lastStatus));
}

function latestAnswer({ status, atMs }: PanelAnswer): Partial<TemplateGrants> {
  return { subscribed: isAccept(status), lastStatus: status, silentReject: false, updatedAtMs: atMs };
}

/** Whether the user has accepted again since, and nothing is left of what they then took back. */
function isSuperseded(before: TemplateGrants, answer: PanelAnswer): boolean {
  if (isSubscription(knownKind(answer.kind, before.kind)))
    return before.subscribed && !isLatest(before, answer);
  const left = before.available + before.held;
  return left > 0 && left <= grantedAfter(before.recent ?? NONE_RECENT, answer.atMs);
}

function emptied(before: TemplateGrants, atMs: number): Partial<TemplateGrants> {
  const givenSince = grantedAfter(before.recent ?? NONE_RECENT, atMs);
  return {
    available: Math.min(before.available + before.held, givenSince),
    held: 0,
    epoch: before.epoch + 1,
  };
}
