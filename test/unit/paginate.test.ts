import { expect, it } from 'vitest';
import { everyItem, everyPage } from '../../lib/paginate.ts';

const PAGES = new Map([
  [undefined, { items: [1, 2], next: 'b' }],
  ['b', { items: [], next: 'c' }],
  ['c', { items: [3] }],
]);

const list = async (after: string | undefined) => PAGES.get(after) ?? { items: [] };

it('gives every item, over pages that are empty too', async () => {
  const items: number[] = [];
  for await (const item of everyItem(list)) items.push(item);
  expect(items).toEqual([1, 2, 3]);
});

it('asks for a page when the one before has been used', async () => {
  const asked: (string | undefined)[] = [];
  const pages = everyPage((after) => {
    asked.push(after);
    return list(after);
  });
  await pages.next();
  expect(asked).toEqual([undefined]);
  await pages.next();
  expect(asked).toEqual([undefined, 'b']);
});
