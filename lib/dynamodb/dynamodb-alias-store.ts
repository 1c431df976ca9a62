import * as v from 'valibot';
import type { AliasStore } from '../templates/alias.ts';
import type { Table } from './client.ts';
import { getItem, putAll } from './items.ts';
import type { Key } from './keys.ts';
import { type NewVersion, onVersion, parseItem } from './versioned-items.ts';

const aliasItem = v.object({ aliases: v.record(v.string(), v.string()), version: v.string() });

/** The aliases of the account's templates, in one item beside them, so that a name is moved in one step. */
export function createAliasStore(
  table: Table,
  { newVersion }: { readonly newVersion: NewVersion },
): AliasStore {
  const key: Key = { pk: `${table.appId}#templates`, sk: 'aliases' };
  return {
    async load() {
      const item = await getItem(table, key);
      if (!item) return { value: {}, version: undefined };
      const { aliases, version } = parseItem(aliasItem, item);
      return { value: aliases, version };
    },

    save: ({ value, version }) =>
      putAll(table, [{ item: { ...key, aliases: value, version: newVersion() }, ...onVersion(version) }]),
  };
}
