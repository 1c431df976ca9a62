import * as v from 'valibot';
import { count, instant, storedObject } from '../stored-schemas.ts';
import { countedMarks } from './deduplication-marks.ts';
import { recentGrants } from './recent-grants.ts';

/**
 * How long an accept lasts: one send, or until the user turns it off (WeChat contract §3.4, §8.1).
 *
 * `limited` is a long-term template with a rate for each value of a required field. `device` is one for a single
 * device of the user. WeChat lists both as long-term. `unknown` counts as one-time, the cautious reading, until
 * the template has been read from WeChat.
 */
export const TEMPLATE_KINDS = ['one-time', 'long-term', 'limited', 'device', 'unknown'] as const;

/** One of {@link TEMPLATE_KINDS}. */
export type TemplateKind = (typeof TEMPLATE_KINDS)[number];

const templateGrants = storedObject({
  kind: v.picklist(TEMPLATE_KINDS),
  /** Grants ever recorded; it only rises. */
  granted: count,
  /** Grants that a message may still take. Without meaning for a subscription. */
  available: count,
  /** Grants set aside for pending messages. Without meaning for a subscription. */
  held: count,
  /**
   * Whether the user's last answer was an accept that nothing has revoked. What counts for a subscription.
   */
  subscribed: v.boolean(),
  /** Rises whenever WeChat shows that the grants are gone; a hold from an earlier epoch is void. */
  epoch: count,
  /** The status of the user's last answer (`accept`, `reject`, `ban`, `filter`, `acceptWith…`). */
  lastStatus: v.string(),
  /** Whether the last answer was a refusal without a popup. */
  silentReject: v.boolean(),
  updatedAtMs: instant,
  /** When the latest grants were given; absent before the first. */
  recent: v.exactOptional(recentGrants),
  /**
   * The latest moment at which WeChat showed that all grants were gone. A tap up to then brings none back.
   */
  revokedAtMs: v.exactOptional(instant),
});

/**
 * What one user granted for one template.
 *
 * Every grant ever recorded is `available`, `held` or spent. Spent is what is left of `granted`, so the sum
 * of the three cannot drift.
 */
export type TemplateGrants = Readonly<v.InferOutput<typeof templateGrants>>;

const GRANT_SOURCES = ['held', 'available', 'subscription'] as const;

/** Where a claim took its grant from. */
export type GrantSource = (typeof GRANT_SOURCES)[number];

const claim = storedObject({
  claimId: v.string(),
  /** The life of the item that the grant was taken from. */
  life: v.exactOptional(v.string()),
  /** The id of the send: that of a message, or of a run's recipient. */
  sendId: v.string(),
  /** The grant key (lib/grants/grant-key.ts), under the name that it is stored by. */
  templateId: v.string(),
  source: v.picklist(GRANT_SOURCES),
  /** The epoch of the template's grants when the claim was opened. */
  epoch: count,
  /** `granted` when the claim was opened. What was recorded since survives a refusal. */
  grantedBefore: count,
  startedAtMs: instant,
  /** Past this moment the sender is taken to be dead. */
  leaseUntilMs: instant,
});

/**
 * A send that has begun and is not yet accounted for. While it stands, it locks the user.
 *
 * The send's own record says how it ended. Whoever needs the ledger next closes the claim accordingly.
 */
export type Claim = Readonly<v.InferOutput<typeof claim>>;

/** A user's item: grants by template, the one send under way, and the pending messages. */
export const ledgerSchema = storedObject({
  openid: v.string(),
  /** A random id of this item. A user who comes back after an erasure gets another one. */
  life: v.exactOptional(v.string()),
  /** By grant key (lib/grants/grant-key.ts). */
  templates: v.record(v.string(), templateGrants),
  claim: v.exactOptional(claim),
  /** The pending messages, packed (lib/grants/packed-pending-messages.ts). */
  waiting: v.exactOptional(v.string()),
  /** Which reports and events have been counted. */
  counted: v.exactOptional(countedMarks),
  /** Audiences that the user may have a place in before `templates` names them (lib/grants/commit-counted.ts). */
  joining: v.exactOptional(storedObject({ templateIds: v.array(v.string()), sinceMs: instant })),
  /** How many reports were counted on the latest day that had one; `day` counts days since 1970 in UTC. */
  reports: v.exactOptional(storedObject({ day: count, count })),
});

/** One user's grants, the one send that may be under way, and the pending messages. */
export type Ledger = Readonly<v.InferOutput<typeof ledgerSchema>>;

/** What a finished send may do to the grant it claimed. */
export const GRANT_EFFECTS = ['spend', 'refund', 'zero', 'keep'] as const;

/** One of {@link GRANT_EFFECTS}. */
export type GrantEffect = (typeof GRANT_EFFECTS)[number];

/** The ledger of a user of whom nothing is known yet. */
export function emptyLedger(openid: string): Ledger {
  return { openid, templates: {} };
}

/** The entry of a grant key, if the user ever answered for it. */
export function grantsOf(ledger: Ledger, grantKey: string): TemplateGrants | undefined {
  return Object.hasOwn(ledger.templates, grantKey) ? ledger.templates[grantKey] : undefined;
}

const NEVER_ANSWERED: TemplateGrants = {
  kind: 'unknown',
  granted: 0,
  available: 0,
  held: 0,
  subscribed: false,
  epoch: 0,
  lastStatus: '',
  silentReject: false,
  updatedAtMs: 0,
};

/** The entry of a grant key; one with no grants if the user never answered for it. */
export function grantsOrNone(ledger: Ledger, grantKey: string): TemplateGrants {
  return grantsOf(ledger, grantKey) ?? NEVER_ANSWERED;
}

/** Grants that are gone: sent, refused, zeroed or of unknown fate. */
export function spentOf(grants: TemplateGrants): number {
  return grants.granted - grants.available - grants.held;
}

/** The ledger with the entry of one grant key replaced. */
export function withGrants(ledger: Ledger, grantKey: string, grants: TemplateGrants): Ledger {
  return { ...ledger, templates: { ...ledger.templates, [grantKey]: grants } };
}

/** Whether one accept serves many sends, so that nothing is counted. */
export function isSubscription(kind: TemplateKind): boolean {
  return kind === 'long-term' || kind === 'limited' || kind === 'device';
}

/** The kind as now known. One once learnt is not forgotten because WeChat could not be asked this time. */
export function knownKind(latest: TemplateKind, before: TemplateKind): TemplateKind {
  return latest === 'unknown' ? before : latest;
}

/**
 * Every status that begins with `accept` adds one grant; all others add and take none (WeChat contract §7.1).
 */
export function isAccept(status: string): boolean {
  return status.startsWith('accept');
}
