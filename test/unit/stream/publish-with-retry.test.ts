import { expect, test } from 'vitest';
import { publishWithRetry } from '../../../lib/stream/publish-changes.ts';

/** A bus that refuses what `refuses` says, with the pauses that were made. */
async function publishTo(refuses: (item: string, tries: number) => boolean, items: readonly string[]) {
  const asked: (readonly string[])[] = [];
  const pauses: number[] = [];
  const left = await publishWithRetry(
    async (batch) => {
      asked.push(batch);
      return batch.filter((item) => refuses(item, asked.length));
    },
    items,
    { sleep: async (ms) => void pauses.push(ms), random: () => 0.5 },
  );
  return { left, asked, pauses };
}

test('what the bus takes is published once, without a pause', async () => {
  expect(await publishTo(() => false, ['a', 'b'])).toEqual({ left: [], asked: [['a', 'b']], pauses: [] });
});

test('what it refuses is published again by itself, after pauses that double', async () => {
  const { left, asked, pauses } = await publishTo(
    (item, tries) => item === 'b' && tries < 4,
    ['a', 'b', 'c'],
  );
  expect(left).toEqual([]);
  expect(asked).toEqual([['a', 'b', 'c'], ['b'], ['b'], ['b']]);
  expect(pauses).toEqual([200, 400, 800]);
});

test('what it refuses to the last is answered, after four tries', async () => {
  const { left, asked } = await publishTo((item) => item === 'b', ['a', 'b']);
  expect(left).toEqual(['b']);
  expect(asked).toHaveLength(4);
});

test('a bus that cannot be asked is not asked again', async () => {
  let asked = 0;
  const publish = async () => {
    asked += 1;
    throw new Error('no bus');
  };
  const contention = { sleep: async () => undefined, random: () => 0.5 };
  await expect(publishWithRetry(publish, ['a'], contention)).rejects.toThrow('no bus');
  expect(asked).toBe(1);
});
