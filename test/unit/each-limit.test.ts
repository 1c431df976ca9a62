import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { eachLimit } from '../../lib/each-limit.ts';

it('works on no more than so many items at the same time, in their order', async () => {
  const begun: number[] = [];
  let underWay = 0;
  let most = 0;
  const isThrough = await eachLimit({
    items: [1, 2, 3, 4, 5, 6, 7],
    limit: 3,
    work: async (item) => {
      begun.push(item);
      underWay += 1;
      most = Math.max(most, underWay);
      await Promise.resolve();
      underWay -= 1;
    },
  });
  expect({ begun, most, isThrough }).toEqual({ begun: [1, 2, 3, 4, 5, 6, 7], most: 3, isThrough: true });
});

it('leaves the rest alone once it may not go on, and says so', async () => {
  const done: number[] = [];
  const isThrough = await eachLimit({
    items: [1, 2, 3, 4],
    limit: 2,
    mayGoOn: () => done.length < 2,
    work: async (item) => void done.push(item),
  });
  expect({ done, isThrough }).toEqual({ done: [1, 2], isThrough: false });
});

it('takes items that come one by one, none of them twice', async () => {
  async function* numbers() {
    yield* [1, 2, 3, 4, 5];
  }
  const done: number[] = [];
  await eachLimit({ items: numbers(), limit: 2, work: async (item) => void done.push(item) });
  expect(done).toEqual([1, 2, 3, 4, 5]);
});

it('throws what the work throws', async () => {
  const broken = eachLimit({ items: [1], limit: 1, work: () => Promise.reject(new Error('broken')) });
  await expect(broken).rejects.toThrow('broken');
});

it('throws only once nothing is under way, and begins nothing more', async () => {
  const { promise: slow, resolve: end } = Promise.withResolvers<void>();
  const begun: number[] = [];
  let isOver = false;
  const broken = eachLimit({
    items: [1, 2, 3, 4],
    limit: 2,
    work: async (item) => {
      begun.push(item);
      if (item === 1) throw new Error('broken');
      await slow;
    },
  });
  broken.catch(() => {
    isOver = true;
  });
  await setImmediate();
  expect(isOver).toBe(false);
  end();
  await expect(broken).rejects.toThrow('broken');
  await setImmediate();
  expect(begun).toEqual([1, 2]);
});
