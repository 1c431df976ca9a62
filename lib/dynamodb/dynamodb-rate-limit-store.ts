import * as v from 'valibot';
import { appRateLimits, NO_LIMIT } from '../limits/rate-limit.ts';
import type { RateLimitStore } from '../limits/shared-rate-limit.ts';
import type { Logger } from '../logger.ts';
import { getItem, putAtomically } from './items.ts';
import { type Key, rateLimitKey } from './keys.ts';
import type { Table } from './table.ts';
import { attributesOf, type NewVersion, putVersion } from './versioned-items.ts';

const versionOnly = v.object({ version: v.exactOptional(v.string()) });

/** What the store needs beside its table. */
interface RateLimitStoreOptions {
  readonly newVersion: NewVersion;
  readonly logger: Logger;
  /** The item, where it is not that of all sending, and when DynamoDB may delete it (epoch seconds). */
  readonly at?: { readonly key: Key; readonly expiresAt: number };
}

/** The rate limit of an appid's sending, or of a part of it, in one item that every sender shares. */
export function createRateLimitStore(
  table: Table,
  { newVersion, logger, at }: RateLimitStoreOptions,
): RateLimitStore {
  const key = at?.key ?? rateLimitKey(table);
  return {
    async load() {
      const item = await getItem(table, key);
      if (!item) return { value: NO_LIMIT, version: undefined };
      const { version } = v.parse(versionOnly, item);
      const parsed = v.safeParse(appRateLimits, attributesOf(item));
      if (parsed.success) return { value: parsed.output, version };
      // Sending goes on: the next write puts the item right.
      logger.error(`The stored item ${key.pk} / ${key.sk} cannot be read and is taken for absent.`);
      return { value: NO_LIMIT, version };
    },

    async commit({ value, version }) {
      const written = newVersion();
      const item = { ...key, ...value, ...(at && { expiresAt: at.expiresAt }) };
      const result = await putAtomically(table, [putVersion(item, version, written)]);
      return result === 'conflict' ? result : { value, version: written };
    },
  };
}
