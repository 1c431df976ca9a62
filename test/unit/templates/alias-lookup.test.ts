import { expect, test } from 'vitest';
import { createAliasLookup } from '../../../lib/templates/alias-lookup.ts';
import type { Aliases } from '../../../lib/templates/aliases.ts';

function useNames(configured: Aliases = {}) {
  const world = { stored: {} as Aliases, nowMs: 0, reads: 0, broken: false };
  const store = {
    async load() {
      world.reads++;
      if (world.broken) throw new Error('no table');
      return { value: world.stored, version: '1' };
    },
  };
  return { world, names: createAliasLookup({ configured, store, clock: () => world.nowMs }) };
}

const ID = 'NpIWtC8KtKkU3xB0z7vT4mLqYd2Rj5sHfGa1OeXw6Zc';

test('what is no alias stands for itself, and an id is not even looked for', async () => {
  const { world, names } = useNames();
  expect(await names.resolveTemplateId(ID)).toBe(ID);
  expect(world.reads).toBe(0);
  expect(await names.resolveTemplateId('unknown')).toBe('unknown');
  expect(await names.resolveTemplateId('constructor')).toBe('constructor');
});

test('aliases of the settings go before stored ones', async () => {
  const { world, names } = useNames({ shipped: ID });
  world.stored = { shipped: 'other', old: ID };
  expect(await names.resolveTemplateId('shipped')).toBe(ID);
  expect(world.reads).toBe(0);
  expect(await names.resolveTemplateId('old')).toBe(ID);
  expect(await names.aliasOf(ID)).toBe('shipped');
});

test('a new alias is good at once, one that moved within five seconds', async () => {
  const { world, names } = useNames();
  expect(await names.aliasOf('a')).toBeUndefined();
  world.stored = { x: 'a' };
  expect(await names.resolveTemplateId('x')).toBe('a');
  world.stored = { x: 'b' };
  world.nowMs += 4_999;
  expect(await names.resolveTemplateId('x')).toBe('a');
  world.nowMs += 1;
  expect(await names.resolveTemplateId('x')).toBe('b');
});

test('many who ask at once cost one read; a read that failed is made again', async () => {
  const { world, names } = useNames();
  world.broken = true;
  await expect(names.aliasOf('a')).rejects.toThrow('no table');
  world.broken = false;
  world.stored = { x: 'a' };
  await Promise.all(Array.from({ length: 50 }, () => names.resolveTemplateId('x')));
  expect(world.reads).toBe(2);
});
