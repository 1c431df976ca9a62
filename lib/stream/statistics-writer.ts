import { type Count, countsOf } from './counts.ts';
import type { StreamRecord } from './stream-record.ts';

/** What a change counts, or a part of it where that is much. It is counted as a whole, under its own name, once. */
export interface CountedPart {
  readonly id: string;
  /** The moment of the change: the same each time that it is told of. */
  readonly atMs: number;
  readonly counts: readonly Count[];
}

/** Adds to the statistics. */
export interface StatisticsWriter {
  /** Adds those parts that were not added before, whatever they came together with then. */
  add(parts: readonly CountedPart[]): Promise<void>;
}

/** Little enough to be added in one step. Only the erasure of a user counts more, with a template for each of their answers. */
const COUNTS_PER_PART = 20;

/** What changes count, in parts that are the same each time that a change is told of. */
export function partsOf(records: readonly StreamRecord[]): readonly CountedPart[] {
  return records.flatMap((record) => {
    const { id, atMs } = record;
    const counts = countsOf(record).toSorted((one, other) => (positionOf(one) < positionOf(other) ? -1 : 1));
    return Array.from({ length: Math.ceil(counts.length / COUNTS_PER_PART) }, (_, part) => ({
      id: part === 0 ? id : `${id}#${part}`,
      atMs,
      counts: counts.slice(part * COUNTS_PER_PART, (part + 1) * COUNTS_PER_PART),
    }));
  });
}

/** An image of an item promises no order of its own. */
function positionOf({ templateId, name }: Count): string {
  return `${templateId} ${name}`;
}
