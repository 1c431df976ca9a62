import * as v from 'valibot';
import { deviceSchema, type GrantSubject } from '../grants/grant-key.ts';
import type { Hold } from '../grants/holds.ts';
import type { Claim, Ledger, TemplateKind } from '../grants/ledger.ts';
import { type Backoff, retryOnConflict } from '../retry.ts';
import { instant } from '../stored-schemas.ts';
import type { Versioned } from '../versioned.ts';
import type { afterAttempt } from './record-transitions.ts';
import type { RetryBasis } from './retry-policy.ts';
import type { Outcome, SendRecord } from './send-record.ts';

/** The builds of the mini program that a card can open (WeChat contract §3.1). */
export const MINIPROGRAM_STATES = ['developer', 'trial', 'formal'] as const;

/** The languages that WeChat can show its part of the card in (WeChat contract §3.1). */
export const LANGUAGES = ['zh_CN', 'en_US', 'zh_HK', 'zh_TW'] as const;

/** What a message says of its request, as it is stored. */
export const outgoingMessage = v.object({
  openid: v.string(),
  templateId: v.string(),
  /** The device that it is about, of a device template. */
  device: v.exactOptional(deviceSchema),
  data: v.record(v.string(), v.string()),
  page: v.exactOptional(v.string()),
  miniprogramState: v.picklist(MINIPROGRAM_STATES),
  lang: v.picklist(LANGUAGES),
  /** What has not left by then is not sent any more. */
  expiresAtMs: v.exactOptional(instant),
});

/** What WeChat is asked to send, and to whom. */
export type OutgoingMessage = Readonly<v.InferOutput<typeof outgoingMessage>>;

/** A send to be performed: all that a message and a recipient of a run differ in. */
export interface SendPort<R extends SendRecord> {
  /** Its claims carry this as `sendId`. */
  readonly id: string;
  readonly openid: string;
  /** Whether the grant stays set aside between attempts, rather than being given back meanwhile. */
  readonly keepsGrant: boolean;
  /** The record, no older than this ledger; undefined where there is none. */
  read(ledger: Ledger): Promise<R | undefined>;
  /** What it takes its grant from. */
  grantSubjectOf(record: R): GrantSubject;
  /** The kind of its template, where the outcome depends on it. */
  kindOf?(record: R): TemplateKind | undefined;
  /** When it may leave; at once where that is left out. */
  dueAtMs?(record: R): number;
  /** From when on it is not sent any more; never where that is left out. */
  expiresAtMs?(record: R): number | undefined;
  /** How many sends to the same user are due before this one. */
  aheadOf?(record: R, ledger: Ledger): number;
  /** The grant that was set aside for it. */
  holdOf?(record: R): Hold | undefined;
  /** Whether it may take a grant of the ledger. A run to all grantees takes none from after its start. */
  mayClaim?(ledger: Ledger): boolean;
  /** Whether this worker may still begin it; asked last before the claim. */
  holdsLease?(): boolean;
  outgoing(record: R): OutgoingMessage;
  /** What the next attempt depends on, where this one left at `leftAtMs`. */
  retryBasis(record: R, leftAtMs: number): RetryBasis;
  /**
   * Records how an attempt ended, and returns the record as it stands afterwards. Where the grant is spent,
   * the record may be stored later, and the claim stays open until then. Where the grant is kept, the same
   * write closes the claim.
   */
  settle(after: AfterAttempt<R>, attempt: Attempt<R>): Promise<R>;
}

/** What an attempt made of a record, whatever else the record says. */
type AfterAttempt<R extends SendRecord> = ReturnType<typeof afterAttempt<R>>;

/** One attempt: its claim, when it left, the record before, and when the next one may be made. */
export interface Attempt<R extends SendRecord> {
  readonly claim: Claim;
  readonly leftAtMs: number;
  readonly before: R;
  readonly retryAtMs?: number;
}

/** Makes one record of another, with the outcome that it now has; undefined leaves it as it is. */
export type RecordChange = <R extends SendRecord>(
  record: R,
) => (R & { readonly outcome: Outcome }) | undefined;

/**
 * One send, whatever it is of: a message, or a recipient of a run. Looked up by the id that its claims carry,
 * after the ledger.
 */
export interface Send {
  readonly id: string;
  /** As it stood when it was looked up; undefined where nothing is kept of it any more. */
  readonly record: SendRecord | undefined;
  /**
   * Writes over the very record that was looked up, and the ledger in the same step. `conflict`: somebody
   * else wrote first, and nothing was written.
   */
  write(change: RecordChange, ledger?: Versioned<Ledger>): Promise<'committed' | 'unchanged' | 'conflict'>;
}

/** Writes what `change` makes of a send's record, over whatever others write meanwhile. */
export function updateSend(
  find: () => Promise<Send | undefined>,
  change: RecordChange,
  backoff: Backoff,
): Promise<'committed' | 'unchanged'> {
  return retryOnConflict(async () => (await find())?.write(change) ?? 'unchanged', backoff);
}
