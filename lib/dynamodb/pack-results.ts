import type { RecipientResult } from '../campaigns/runs/results.ts';
import type { RecipientState } from '../campaigns/runs/run.ts';
import type { GrantEffect } from '../grants/ledger.ts';
import type { Outcome } from '../messages/message.ts';

/** The stored form of what became of a batch's recipients. */
interface ResultsForm {
  readonly letters: string;
  readonly sinceMs: number;
  readonly after: readonly number[];
  readonly msgids: string;
  readonly details: Readonly<Record<string, Detail>>;
}

/** What is said of a recipient beyond state, moment and msgid. */
type Detail = Omit<Outcome, 'atMs' | 'remedy'> &
  Pick<RecipientResult, 'attempts' | 'retries' | 'notBeforeMs' | 'firstAtMs' | 'problems'> & {
    /** What became of the grant, where it was not simply spent. */
    readonly effect?: GrantEffect;
    readonly claimId?: string;
  };

const MSGID_BYTES = 8;
const MOST_PACKED = 2n ** 64n - 1n;
/** As WeChat writes them: whole numbers without leading zeros. */
const MSGID = /^[1-9]\d{0,19}$/;

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
const STATES = new Map<string, RecipientState>([
  ['p', 'pending'],
  ['s', 'sent'],
  ['d', 'delivered'],
  ['r', 'refused'],
  ['f', 'failed'],
  ['u', 'unknown'],
  ['k', 'skipped'],
]);

const PLAIN_SENT: Detail = { reason: 'accepted', attempts: 1, errcode: 0 };

/** What the letter alone says; whoever has it needs no note. */
const PLAIN = new Map<RecipientState, Detail>([
  ['sent', PLAIN_SENT],
  ['delivered', { ...PLAIN_SENT, reason: 'delivered' }],
  ['skipped', { reason: 'no-grant', attempts: 0 }],
]);

/** Packs results by place. */
export function packResults(results: ReadonlyMap<number, RecipientResult>): ResultsForm {
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
    after: inOrder.map((result) => (result ? result.outcome.atMs - sinceMs : 0)),
    msgids: packMsgids(inOrder.map((result) => result?.outcome.msgid)),
    details: Object.fromEntries(details),
  };
}

/** Without what nobody needs once a recipient is done with, what the code says already, and the advice that follows from the rest. */
function detailOf({ state, outcome, attempts, lastClaim, ...more }: RecipientResult): Detail | undefined {
  const { reason, errcode, errmsg, rid, msgid } = outcome;
  const { retries, notBeforeMs, firstAtMs, problems } = more;
  const { claimId, effect = 'spend' } = lastClaim ?? {};
  const isPending = state === 'pending';
  // A sender that was given up may still answer.
  const isAwaited = isPending || reason === 'sender-lost';
  const detail: Detail = {
    reason,
    attempts,
    ...(errcode !== undefined && { errcode }),
    ...(errmsg !== undefined && !isPlainText(state, effect) && { errmsg }),
    ...(rid !== undefined && state !== 'sent' && { rid }),
    ...(msgid !== undefined && !isPackable(msgid) && { msgid }),
    ...(effect !== 'spend' && { effect }),
    ...(claimId !== undefined && isAwaited && { claimId }),
    ...(isPending && retries && { retries }),
    ...(isPending && notBeforeMs !== undefined && { notBeforeMs }),
    ...(isPending && firstAtMs !== undefined && { firstAtMs }),
    ...(problems && { problems }),
  };
  return isPlain(state, detail) ? undefined : detail;
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

/** Unpacks results; places that nobody has begun are left out. */
export function unpackResults({
  letters,
  sinceMs,
  after,
  msgids,
  details,
}: ResultsForm): ReadonlyMap<number, RecipientResult> {
  const results = new Map<number, RecipientResult>();
  const unpacked = unpackMsgids(msgids);
  for (const [index, letter] of [...letters].entries()) {
    const state = STATES.get(letter);
    if (!state) continue;
    const detail = details[index] ?? PLAIN.get(state) ?? PLAIN_SENT;
    const { attempts, effect, claimId, retries, notBeforeMs, firstAtMs, problems, ...told } = detail;
    const msgid = unpacked[index];
    const atMs = sinceMs + (after[index] ?? 0);
    results.set(index, {
      state,
      attempts,
      outcome: { ...told, atMs, ...(msgid && { msgid }) },
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

/** Whether a msgid is of the usual kind, which takes eight bytes. */
function isPackable(msgid: string): boolean {
  return MSGID.test(msgid) && BigInt(msgid) <= MOST_PACKED;
}

/** Msgids in a row, half as long as their digits; what is absent or of another kind leaves a gap. Empty when all are gaps. */
function packMsgids(msgids: readonly (string | undefined)[]): string {
  if (!msgids.some((msgid) => msgid !== undefined && isPackable(msgid))) return '';
  const bytes = new DataView(new ArrayBuffer(msgids.length * MSGID_BYTES));
  for (const [index, msgid] of msgids.entries()) {
    if (msgid !== undefined && isPackable(msgid)) bytes.setBigUint64(index * MSGID_BYTES, BigInt(msgid));
  }
  return Buffer.from(bytes.buffer).toString('base64');
}

/** The msgids out of a row, undefined for gaps. */
function unpackMsgids(packed: string): readonly (string | undefined)[] {
  const bytes = Buffer.from(packed, 'base64');
  return Array.from({ length: Math.floor(bytes.length / MSGID_BYTES) }, (_, index) => {
    const msgid = bytes.readBigUInt64BE(index * MSGID_BYTES);
    return msgid === 0n ? undefined : String(msgid);
  });
}
