import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { storedObject } from '../stored-schemas.ts';

/** That one thing has been counted: a client's report, or a part of an event of WeChat's. */
export type CountMark = `report#${string}` | `event#${string}`;

/** Marks as they are stored: a hash of each, {@link MARK_LENGTH} characters, without anything between. */
export const packedMarks = v.pipe(v.string(), v.regex(/^[\w-]*$/));

/** Which reports and events a user's item counts. */
export const countedMarks = storedObject({
  /** The latest, oldest first, packed. */
  recent: packedMarks,
  /** Whether earlier ones stand in items of their own. */
  hasEarlier: v.exactOptional(v.literal(true)),
});

/** The marks in a user's item. */
export type CountedMarks = Readonly<v.InferOutput<typeof countedMarks>>;

/** 48 bits: two of a user's marks are taken for one once in a hundred billion. */
const MARK_LENGTH = 8;

/**
 * So many marks fit into the item of an ordinary user within the first kilobyte, which is what DynamoDB bills.
 */
export const MAX_RECENT_MARKS = 12;

/** A mark as it is stored. */
export function packMark(mark: CountMark): string {
  return createHash('sha256').update(mark).digest('base64url').slice(0, MARK_LENGTH);
}

/** Whether the mark is among packed ones. */
export function hasMark(packed: string, mark: CountMark): boolean {
  const wanted = packMark(mark);
  for (let at = 0; at < packed.length; at += MARK_LENGTH) if (packed.startsWith(wanted, at)) return true;
  return false;
}

/** Which of `marks` are set: in the ledger, or among the packed ones that have left it. */
export function setMarks(
  counted: CountedMarks | undefined,
  earlier: readonly string[],
  marks: readonly CountMark[],
): ReadonlySet<CountMark> {
  const packed = [counted?.recent ?? '', ...earlier];
  return new Set(marks.filter((mark) => packed.some((some) => hasMark(some, mark))));
}

/**
 * The marks with more of them. Where they are more than `most`, those of before leave together, as `outgrown`:
 * whoever writes the ledger keeps them in an item of its own, in the same step.
 */
export function withMarks(
  before: CountedMarks | undefined,
  marks: readonly CountMark[],
  most = MAX_RECENT_MARKS,
): { readonly counted: CountedMarks; readonly outgrown?: string } {
  const { recent = '' } = before ?? {};
  const added = marks.map(packMark).join('');
  if (recent.length + added.length <= most * MARK_LENGTH || recent === '') {
    return { counted: { ...before, recent: recent + added } };
  }
  return { counted: { ...before, recent: added, hasEarlier: true }, outgrown: recent };
}
