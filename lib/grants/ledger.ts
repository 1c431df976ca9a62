import type { RecentGrants } from './recent-grants.ts';

/**
 * What one user granted for one template.
 *
 * Every grant ever recorded is in exactly one place: `available`, `held` for a booked message, or spent.
 * Spent is what is left of `granted`, so the sum of the three cannot drift.
 */
export interface TemplateGrants {
  readonly kind: TemplateKind;
  /** Grants ever recorded; it only rises. */
  readonly granted: number;
  /** Grants that a message may still take. Without meaning for a long-term template. */
  readonly available: number;
  /** Grants set aside for booked messages. Without meaning for a long-term template. */
  readonly held: number;
  /** Whether the last word of the user was an accept that nothing has revoked. What counts for a long-term template. */
  readonly subscribed: boolean;
  /** Rises whenever WeChat shows that the grants are gone; a hold from an earlier epoch is void. */
  readonly epoch: number;
  /** The status that the user's last answer had (`accept`, `reject`, `ban`, `filter`, `acceptWith…`). */
  readonly lastStatus: string;
  /** True when the last answer was a refusal that came without a popup. */
  readonly silentReject: boolean;
  readonly updatedAtMs: number;
  /** When the latest grants were given. Absent in records from before this was kept. */
  readonly recent?: RecentGrants;
  /** The latest moment at which WeChat showed that all grants were gone: a tap up to then brings none back. */
  readonly revokedAtMs?: number;
}

/** Where a claim took its grant from. */
export type GrantSource = 'held' | 'available' | 'subscription';

/**
 * A send that has begun and is not yet accounted for. While it stands, the user's turn is taken.
 *
 * The message's own record says how the send ended; whoever needs the ledger next closes the claim accordingly.
 */
export interface Claim {
  readonly claimId: string;
  /** The life of the item that the grant was taken from. */
  readonly life?: string;
  readonly messageId: string;
  readonly templateId: string;
  readonly source: GrantSource;
  /** The epoch of the template's grants when the claim was opened. */
  readonly epoch: number;
  /** `granted` when the claim was opened: what was recorded since then survives a refusal. */
  readonly grantedBefore: number;
  readonly startedAtMs: number;
  /** Past this moment the sender is taken to be dead. */
  readonly leaseUntilMs: number;
}

/** Everything recorded about one user's grants, the one send that may be under way, and the messages that wait. */
export interface Ledger {
  readonly openid: string;
  /** Drawn when the item is written for the first time: a user who comes back after an erasure gets another one. */
  readonly life?: string;
  readonly templates: Readonly<Record<string, TemplateGrants>>;
  readonly claim?: Claim;
  /** All messages that wait, whatever for, packed: the ledger itself does not read them (lib/grants/packed-waiting.ts). */
  readonly waiting?: string;
  /** How many reports were counted on the latest day that had one; `day` counts days since 1970 in UTC. */
  readonly reports?: { readonly day: number; readonly count: number };
}

/** What a finished send does to the grant it claimed. */
export type GrantEffect = 'spend' | 'refund' | 'zero' | 'keep';

/** The ledger of a user of whom nothing is known yet. */
export function emptyLedger(openid: string): Ledger {
  return { openid, templates: {} };
}

/** The entry of one template, if the user ever answered for it. */
export function grantsOf(ledger: Ledger, templateId: string): TemplateGrants | undefined {
  return Object.hasOwn(ledger.templates, templateId) ? ledger.templates[templateId] : undefined;
}

/** Grants that are gone: sent, refused, zeroed or of unknown fate. */
export function spentOf(grants: TemplateGrants): number {
  return grants.granted - grants.available - grants.held;
}

/** The ledger with the entry of one template replaced. */
export function withGrants(ledger: Ledger, templateId: string, grants: TemplateGrants): Ledger {
  return { ...ledger, templates: { ...ledger.templates, [templateId]: grants } };
}

/**
 * How long an accept lasts: one send, or until the user turns it off (WeChat contract §3.4).
 * `unknown` is counted as one-time, the cautious reading, until the template has been read from WeChat.
 */
export type TemplateKind = 'one-time' | 'long-term' | 'unknown';
