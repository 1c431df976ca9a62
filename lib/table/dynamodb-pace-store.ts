import * as v from 'valibot';
import { FREE_PACE } from '../delivery/pace.ts';
import type { PaceStore } from '../delivery/shared-pace.ts';
import type { Logger } from '../logger.ts';
import type { Table } from './client.ts';
import { getItem, putAll } from './items.ts';
import type { Key } from './keys.ts';
import { type NewVersion, onVersion } from './versioned.ts';

const pace = {
  slowdown: v.exactOptional(
    v.object({
      cause: v.picklist(['rate', 'quota', 'busy', 'refused']),
      errcode: v.exactOptional(v.number()),
      stoppedUntilMs: v.number(),
      pauseMs: v.number(),
      pauses: v.number(),
      ratePerSecond: v.number(),
      steppedAtMs: v.number(),
    }),
  ),
  nextFreeAtMs: v.number(),
  lastBackAtMs: v.number(),
};
const paceItem = v.object({
  ...pace,
  templates: v.exactOptional(v.record(v.string(), v.object(pace))),
});
const versionOnly = v.object({ version: v.exactOptional(v.string()) });

/** What the store needs beside its table. */
interface PaceStoreOptions {
  readonly newVersion: NewVersion;
  readonly logger: Logger;
  /** The item, where it is not that of all sending, and when DynamoDB may delete it (epoch seconds). */
  readonly place?: { readonly key: Key; readonly expiresAt: number };
}

/** The pace of an appid's sending, or of a part of it, in one item that every sender shares. */
export function createPaceStore(table: Table, { newVersion, logger, place }: PaceStoreOptions): PaceStore {
  const key = place?.key ?? { pk: `${table.appId}#pace`, sk: 'pace' };
  return {
    async load() {
      const item = await getItem(table, key);
      if (!item) return { value: FREE_PACE, version: undefined };
      const { version } = v.parse(versionOnly, item);
      const parsed = v.safeParse(paceItem, item);
      if (parsed.success) return { value: parsed.output, version };
      // Sending goes on: the next write puts the item right.
      logger.error(`The stored item ${key.pk} / ${key.sk} cannot be read and is taken for absent.`);
      return { value: FREE_PACE, version };
    },

    async commit({ value, version }) {
      const written = newVersion();
      const item = { ...key, ...value, ...(place && { expiresAt: place.expiresAt }), version: written };
      const result = await putAll(table, [{ item, ...onVersion(version) }]);
      return result === 'conflict' ? result : { value, version: written };
    },
  };
}
