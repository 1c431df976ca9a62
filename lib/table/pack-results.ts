import type { RecipientResult } from '../campaigns/runs/results.ts';
import type { RecipientState } from '../campaigns/runs/run.ts';
import { isPackable, packMsgids, unpackMsgids } from './pack-msgids.ts';

/** The stored form of what became of a page's recipients. */
interface ResultsForm {
  readonly letters: string;
  readonly sinceMs: number;
  readonly after: readonly number[];
  readonly msgids: string;
  readonly notes: Readonly<Record<string, Note>>;
}

type Note = Omit<RecipientResult, 'state' | 'atMs'>;

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

const PLAIN_SENT: Note = { reason: 'accepted', attempts: 1, errcode: 0 };

/** What the letter alone says; whoever has it needs no note. */
const PLAIN = new Map<RecipientState, Note>([
  ['sent', PLAIN_SENT],
  ['delivered', { ...PLAIN_SENT, reason: 'delivered' }],
  ['skipped', { reason: 'no-grant', attempts: 0 }],
]);

/** Packs results by place. */
export function packResults(results: ReadonlyMap<number, RecipientResult>): ResultsForm {
  const size = Math.max(-1, ...results.keys()) + 1;
  const inOrder = Array.from({ length: size }, (_, index) => results.get(index));
  const moments = inOrder.flatMap((result) => (result ? [result.atMs] : []));
  const sinceMs = moments.length === 0 ? 0 : Math.min(...moments);
  const notes = [...results].flatMap(([index, result]) => {
    const noted = noteOf(result);
    return noted ? [[String(index), noted] as const] : [];
  });
  return {
    letters: inOrder.map((result) => (result ? LETTERS[result.state] : NOT_BEGUN)).join(''),
    sinceMs,
    after: inOrder.map((result) => (result ? result.atMs - sinceMs : 0)),
    msgids: packMsgids(inOrder.map((result) => result?.msgid)),
    notes: Object.fromEntries(notes),
  };
}

function noteOf({ state, atMs: _at, msgid, ...most }: RecipientResult): Note | undefined {
  const rest: Note = { ...most, ...(msgid !== undefined && !isPackable(msgid) && { msgid }) };
  return isPlain(state, rest) ? undefined : rest;
}

function isPlain(state: RecipientState, note: Note): boolean {
  const plain = PLAIN.get(state);
  return (
    plain !== undefined &&
    note.reason === plain.reason &&
    note.attempts === plain.attempts &&
    note.errcode === plain.errcode &&
    Object.keys(note).length === Object.keys(plain).length
  );
}

/** Unpacks results; places that nobody has begun are left out. */
export function unpackResults({
  letters,
  sinceMs,
  after,
  msgids,
  notes,
}: ResultsForm): ReadonlyMap<number, RecipientResult> {
  const results = new Map<number, RecipientResult>();
  const unpacked = unpackMsgids(msgids);
  for (const [index, letter] of [...letters].entries()) {
    const state = STATES.get(letter);
    if (!state) continue;
    const msgid = unpacked[index];
    results.set(index, {
      ...(notes[index] ?? PLAIN.get(state) ?? PLAIN_SENT),
      state,
      atMs: sinceMs + (after[index] ?? 0),
      ...(msgid && { msgid }),
    });
  }
  return results;
}
