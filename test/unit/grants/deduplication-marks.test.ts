import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CountedMarks,
  hasMark,
  MAX_RECENT_MARKS,
  packMark,
  withMarks,
} from '../../../lib/grants/deduplication-marks.ts';

const report = (number: number) => `report#${number}` as const;

test('a mark takes eight characters and is told from others', () => {
  expect(packMark('report#a')).toHaveLength(8);
  expect(packMark('report#a')).not.toBe(packMark('event#a'));
  expect(hasMark(packMark('report#a'), 'report#a')).toBe(true);
  expect(hasMark('', 'report#a')).toBe(false);
  // Only at the places where marks begin: half of one and half of the next is none.
  const packed = `xxxx${packMark('report#a')}xxxx`;
  expect(hasMark(packed, 'report#a')).toBe(false);
});

test('however marks come, each stands in the ledger or among what has left it, and the ledger keeps few', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 40 }), (sizes) => {
      let counted: CountedMarks | undefined;
      const earlier: string[] = [];
      let made = 0;
      for (const size of sizes) {
        const marks = Array.from({ length: size }, () => report(made++));
        const next = withMarks(counted, marks);
        counted = next.counted;
        if (next.outgrown !== undefined) earlier.push(next.outgrown);
        expect(counted.recent.length / 8).toBeLessThanOrEqual(Math.max(MAX_RECENT_MARKS, size));
        expect(counted.hasEarlier === true).toBe(earlier.length > 0);
      }
      const packed = [counted?.recent ?? '', ...earlier];
      for (let number = 0; number < made; number++)
        expect(packed.filter((some) => hasMark(some, report(number)))).toHaveLength(1);
      expect(packed.some((some) => hasMark(some, report(made)))).toBe(false);
    }),
  );
});
