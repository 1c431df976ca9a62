import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createAliasStore } from '../../../lib/dynamodb/dynamodb-template-store.ts';
import { removeAlias, setAlias } from '../../../lib/templates/aliases.ts';
import { useTable } from '../../support/dynamodb.ts';

const table = await useTable();

function useAliases(appId: string, configured = {}) {
  const store = createAliasStore({ ...table, appId }, { newVersion: randomUUID });
  const services = { store, configured, random: Math.random, sleep: async () => undefined };
  return {
    stored: async () => (await store.load()).value,
    set: (templateId: string, alias: string, move = false) => setAlias(services, { templateId, alias, move }),
    remove: (templateId: string) => removeAlias(services, templateId),
  };
}

test('a template has one alias, and an alias one template', async () => {
  const aliases = useAliases('wx-one-each');
  expect(await aliases.stored()).toEqual({});
  await aliases.set('a', 'first');
  await aliases.set('a', 'second');
  expect(await aliases.stored()).toEqual({ second: 'a' });
  expect(await aliases.set('b', 'second')).toEqual({ type: 'taken', templateId: 'a' });
  expect(await aliases.stored()).toEqual({ second: 'a' });
  expect(await aliases.set('b', 'second', true)).toEqual({ type: 'set' });
  expect(await aliases.stored()).toEqual({ second: 'b' });
  expect(await aliases.remove('a')).toEqual({ type: 'set' });
  await aliases.remove('b');
  expect(await aliases.stored()).toEqual({});
});

test('ten that change aliases at once lose none; of ten that want one, one gets it', async () => {
  const aliases = useAliases('wx-race');
  const ids = Array.from({ length: 10 }, (_, index) => `t${index}`);
  await Promise.all(ids.map((id) => aliases.set(id, `alias-of-${id}`)));
  expect(Object.keys(await aliases.stored())).toHaveLength(10);
  const results = await Promise.all(ids.map((id) => aliases.set(id, 'wanted')));
  expect(results.filter(({ type }) => type === 'set')).toHaveLength(1);
  expect(new Set(Object.values(await aliases.stored())).size).toBe(10);
});

test('what the settings say is not changed, and asking for what they say is no error', async () => {
  const aliases = useAliases('wx-settings', { fixed: 'a' });
  expect(await aliases.set('a', 'fixed')).toEqual({ type: 'set' });
  expect(await aliases.set('b', 'fixed', true)).toEqual({ type: 'in-settings' });
  expect(await aliases.set('a', 'other')).toEqual({ type: 'in-settings' });
  expect(await aliases.remove('a')).toEqual({ type: 'in-settings' });
  expect(await aliases.stored()).toEqual({});
});
