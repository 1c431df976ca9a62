import * as v from 'valibot';
import type { RecipientResult } from '../campaigns/runs/results.ts';
import { RECIPIENT_STATES, type RecipientState } from '../campaigns/runs/run.ts';
import { GRANT_EFFECTS, type GrantEffect } from '../grants/ledger.ts';
import { outcomeSchema, retriesSchema } from '../sends/send-record.ts';
import { count, instant } from '../stored-schemas.ts';
import { isPackable, packMsgids, unpackMsgids } from './pack-msgids.ts';

/** What a result says beyond its state, its moment and its msgid. */
const detail = v.object({
  ...v.omit(v.object(outcomeSchema.entries), ['atMs', 'remedy']).entries,
  attempts: count,
  /** What became of the grant, where it was not simply spent. */
  effect: v.exactOptional(v.picklist(GRANT_EFFECTS)),
  claimId: v.exactOptional(v.string()),
  notBeforeMs: v.exactOptional(instant),
  firstAtMs: v.exactOptional(instant),
  retries: v.exactOptional(retriesSchema),
  problems: v.exactOptional(v.pipe(v.array(v.string()), v.readonly())),
});

type Detail = v.InferOutput<typeof detail>;

/**
 * What is kept of one recipient's texts, so that the results of a full batch stay within DynamoDB's 400 kB
 * whatever WeChat or a gateway says. An id of WeChat's has about twenty bytes.
 */
const MAX_BYTES = { id: 100, errmsg: 1_500, problems: 1_500 };

const RADIX = 36;

/** Distances in milliseconds. 0.2.0 stored them as numbers. */
const distances = v.union([
  v.array(v.number()),
  v.pipe(
    v.string(),
    v.regex(/^([\da-z]+(,[\da-z]+)*)?$/),
    v.transform((text) => text.split(',').map((each) => Number.parseInt(each, RADIX))),
  ),
]);

/** Bytes as Lambda hands over those of a stream's record. */
export const bytesOfBase64 = v.pipe(
  v.string(),
  v.transform((base64): Uint8Array => Buffer.from(base64, 'base64')),
);

/** Bytes. 0.2.0 stored them in base64. */
const bytes = v.union([v.instance(Uint8Array), bytesOfBase64]);

/** Results as they are stored: small, because a batch's results are written several times. */
export const packedResults = v.object({
  /** One letter for each recipient: {@link LETTERS}. One of a later version must not look like a recipient not begun. */
  letters: v.pipe(v.string(), v.regex(/^[psdrfuk-]*$/)),
  sinceMs: instant,
  /** Moments as distances from `sinceMs`, in base 36. */
  after: distances,
  /** Eight bytes for each recipient. */
  msgids: bytes,
  /** By the recipient's index; absent where the letter says all. */
  details: v.record(v.string(), detail),
});

type PackedResults = v.InferOutput<typeof packedResults>;

/** Written in the shortest of the forms that are read. */
type StoredResults = Omit<PackedResults, 'after'> & { readonly after: string };

const LETTERS: Readonly<Record<RecipientState, string>> = {
  pending: 'p',
  sent: 's',
  delivered: 'd',
  refused: 'r',
  failed: 'f',
  unknown: 'u',
  skipped: 'k',
};
const NOT_BEGUN = '-';
const STATES = new Map(RECIPIENT_STATES.map((state) => [LETTERS[state], state]));

const PLAIN_SENT: Detail = { reason: 'accepted', attempts: 1, errcode: 0 };

/** What a letter says where its recipient has no detail. */
const PLAIN = new Map<RecipientState, Detail>([
  ['sent', PLAIN_SENT],
  ['delivered', { ...PLAIN_SENT, reason: 'delivered' }],
  ['skipped', { reason: 'no-grant', attempts: 0 }],
]);

/** The stored form of results. */
export function packResults(results: ReadonlyMap<number, RecipientResult>): StoredResults {
  const size = Math.max(-1, ...results.keys()) + 1;
  const inOrder = Array.from({ length: size }, (_, index) => results.get(index));
  const moments = inOrder.flatMap((result) => (result ? [result.outcome.atMs] : []));
  const sinceMs = moments.length === 0 ? 0 : Math.min(...moments);
  const details = [...results].flatMap(([index, result]) => {
    const detailed = detailOf(result);
    return detailed ? [[String(index), detailed] as const] : [];
  });
  return {
    letters: inOrder.map((result) => (result ? LETTERS[result.state] : NOT_BEGUN)).join(''),
    sinceMs,
    after: inOrder.map((result) => (result ? result.outcome.atMs - sinceMs : 0).toString(RADIX)).join(),
    msgids: packMsgids(inOrder.map((result) => result?.outcome.msgid)),
    details: Object.fromEntries(details),
  };
}

/** Leaves out what state or errcode say, and what nobody reads once a recipient is done with. */
function detailOf({ state, outcome, attempts, lastClaim, ...more }: RecipientResult): Detail | undefined {
  const { reason, errcode, errmsg, rid, msgid } = outcome;
  const { retries, notBeforeMs, firstAtMs, problems } = more;
  const { claimId, effect = 'spend' } = lastClaim ?? {};
  const isPending = state === 'pending';
  // A sender that was given up may still answer under its claim.
  const isAwaited = isPending || reason === 'sender-lost';
  const detail: Detail = {
    reason,
    attempts,
    ...(errcode !== undefined && { errcode }),
    ...(errmsg !== undefined &&
      !isPlainText(state, effect) && { errmsg: beginning(errmsg, MAX_BYTES.errmsg) }),
    ...(rid !== undefined && state !== 'sent' && { rid: beginning(rid, MAX_BYTES.id) }),
    ...(msgid !== undefined && !isPackable(msgid) && { msgid: beginning(msgid, MAX_BYTES.id) }),
    ...(effect !== 'spend' && { effect }),
    ...(claimId !== undefined && isAwaited && { claimId }),
    ...(isPending && retries && { retries }),
    ...(isPending && notBeforeMs !== undefined && { notBeforeMs }),
    ...(isPending && firstAtMs !== undefined && { firstAtMs }),
    ...(problems && { problems: firstOf(problems, MAX_BYTES.problems) }),
  };
  return isPlain(state, detail) ? undefined : detail;
}

function beginning(text: string, maxBytes: number): string {
  return Buffer.from(text).toString('utf8', 0, maxBytes);
}

function firstOf(texts: readonly string[], maxBytes: number): readonly string[] {
  return texts.filter((_, index) => Buffer.byteLength(texts.slice(0, index + 1).join()) <= maxBytes);
}

function isPlainText(state: RecipientState, effect: GrantEffect): boolean {
  return state === 'sent' || state === 'delivered' || effect === 'zero';
}

function isPlain(state: RecipientState, detail: Detail): boolean {
  const plain = PLAIN.get(state);
  return (
    plain !== undefined &&
    detail.reason === plain.reason &&
    detail.attempts === plain.attempts &&
    detail.errcode === plain.errcode &&
    Object.keys(detail).length === Object.keys(plain).length
  );
}

/** Results by index out of their stored form; recipients who have none are left out. */
export function unpackResults({
  letters,
  sinceMs,
  after,
  msgids,
  details,
}: PackedResults): ReadonlyMap<number, RecipientResult> {
  const results = new Map<number, RecipientResult>();
  const unpacked = unpackMsgids(msgids);
  for (const [index, letter] of [...letters].entries()) {
    const state = STATES.get(letter);
    if (!state) continue;
    const detail = details[index] ?? PLAIN.get(state) ?? PLAIN_SENT;
    const { attempts, effect, claimId, retries, notBeforeMs, firstAtMs, problems, ...outcome } = detail;
    const msgid = unpacked[index];
    const atMs = sinceMs + (after[index] ?? 0);
    results.set(index, {
      state,
      attempts,
      outcome: { ...outcome, atMs, ...(msgid && { msgid }) },
      ...((effect ?? claimId) !== undefined && {
        lastClaim: { effect: effect ?? 'spend', ...(claimId !== undefined && { claimId }) },
      }),
      ...(state === 'delivered' && { deliveredAtMs: atMs }),
      ...(retries && { retries }),
      ...(notBeforeMs !== undefined && { notBeforeMs }),
      ...(firstAtMs !== undefined && { firstAtMs }),
      ...(problems && { problems }),
    });
  }
  return results;
}
