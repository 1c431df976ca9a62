import * as v from 'valibot';
import { bilingualText } from '../bilingual-text.ts';
import { GRANT_EFFECTS, type GrantEffect } from '../grants/ledger.ts';
import { count, instant, storedObject } from '../stored-schemas.ts';

/** Where a message is in its life. `pending` covers everything before its end. */
export const MESSAGE_STATES = [
  'pending',
  'sent',
  'delivered',
  'refused',
  'failed',
  'unknown',
  'canceled',
] as const;

/** One of {@link MESSAGE_STATES}. */
export type MessageState = (typeof MESSAGE_STATES)[number];

/** How a send ended, or how its last attempt did. */
export const outcomeSchema = storedObject({
  atMs: instant,
  /** WeChat's errcode; absent when WeChat was not asked or did not answer. */
  errcode: v.exactOptional(v.pipe(v.number(), v.integer())),
  errmsg: v.exactOptional(v.string()),
  rid: v.exactOptional(v.string()),
  msgid: v.exactOptional(v.string()),
  /** A stable slug that a program can branch on. */
  reason: v.string(),
  remedy: v.exactOptional(bilingualText),
});

/** How a send ended, or how its last attempt did. */
export type Outcome = Readonly<v.InferOutput<typeof outcomeSchema>>;

/** How often each retry policy has been used for a send. */
export const retriesSchema = storedObject({
  busy: v.exactOptional(count),
  /** Another send to the user was under way. */
  concurrent: v.exactOptional(count),
  /** The minute's rate. */
  rate: v.exactOptional(count),
  /** The day's quota. */
  quota: v.exactOptional(count),
  connection: v.exactOptional(count),
  /** A gateway in between refused the request. */
  gateway: v.exactOptional(count),
});

/** Why a send is tried again. */
export type RetryPolicyName = keyof v.InferOutput<typeof retriesSchema>;

/** What became of the grant that a message's last claim took. */
export const settledClaimSchema = storedObject({
  claimId: v.string(),
  effect: v.picklist(GRANT_EFFECTS),
  epoch: count,
});

/** What became of the grant that a send's last claim took. */
export interface SettledClaim {
  /** Absent in the stored result of a recipient who is done with: no other claim of theirs can be open. */
  readonly claimId?: string;
  readonly effect: GrantEffect;
  /** The epoch of the grant; absent where nothing is ever given back later. */
  readonly epoch?: number;
}

/** How far one send has come: what a message and a recipient of a run have in common. */
export interface SendRecord {
  readonly state: MessageState | 'skipped';
  /** Requests that left for WeChat. */
  readonly attempts: number;
  readonly outcome?: Outcome;
  /** Whoever finds the claim still open in the ledger closes it accordingly. */
  readonly lastClaim?: SettledClaim;
  readonly retries?: Readonly<v.InferOutput<typeof retriesSchema>>;
  readonly deliveredAtMs?: number;
}
