import { expect, test } from 'vitest';
import { whileFirstPage } from '../../../console/src/parts/polling.ts';

const shown = (...pages: (readonly string[])[]) => ({
  state: { data: { pages: pages.map((items) => ({ items })) } },
});

test('a list is asked for anew by what its first page holds, and no more once a second is shown', () => {
  const interval = whileFirstPage((rows: readonly string[]) => (rows.includes('sending') ? 3_000 : 30_000));
  expect(interval({ state: { data: undefined } })).toBe(30_000);
  expect(interval(shown(['sent']))).toBe(30_000);
  expect(interval(shown(['sent', 'sending']))).toBe(3_000);
  expect(interval(shown(['sending'], ['sent']))).toBe(false);
});
