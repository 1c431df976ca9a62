import { expect, test } from 'vitest';
import { createGrantStore } from '../../../lib/dynamodb/dynamodb-grant-store.ts';
import { userPartition } from '../../../lib/dynamodb/keys.ts';
import { queryItems, under } from '../../../lib/dynamodb/queries.ts';
import { MAX_RECENT_MARKS } from '../../../lib/grants/deduplication-marks.ts';
import { reportGrants } from '../../../lib/grants/report-grants.ts';
import { useTable } from '../../support/dynamodb.ts';

const table = await useTable();
let versions = 0;
const services = {
  store: createGrantStore(table, { clock: () => 0, newVersion: () => `version-${versions++}` }),
  authority: 'client' as const,
  isCatalogueSynced: async () => true,
  clock: () => 0,
  sleep: async () => {},
  random: Math.random,
};

const report = (openid: string, requestId: string) =>
  reportGrants(
    services,
    openid,
    requestId,
    { results: { t: 'accept' }, silent: [] },
    new Map([['t', 'one-time']]),
  );

async function sortKeysOf(openid: string): Promise<string[]> {
  const items = await queryItems(table, under(userPartition(table, openid)));
  return items.map(({ sk }) => String(sk));
}

test('a report counts once however old it is, and most reports write one item', async () => {
  const ids = Array.from({ length: 3 * MAX_RECENT_MARKS }, (_, index) => `tap-${index}`);
  for (const id of ids) expect((await report('o-often', id)).type).toBe('counted');
  for (const id of ids) expect((await report('o-often', id)).type).toBe('counted-before');
  const { value } = await services.store.loadLedger('o-often');
  expect(value.templates['t']).toMatchObject({ granted: ids.length });
  const keys = await sortKeysOf('o-often');
  expect(keys.map((key) => key.split('#')[0])).toEqual(['counted', 'counted', 'ledger']);
});

test('a report that comes three times at once counts once, also where marks leave the ledger', async () => {
  for (let tap = 0; tap < 2 * MAX_RECENT_MARKS; tap++) {
    const results = await Promise.all(Array.from({ length: 3 }, () => report('o-hasty', `tap-${tap}`)));
    expect(results.filter(({ type }) => type === 'counted')).toHaveLength(1);
  }
  const { value } = await services.store.loadLedger('o-hasty');
  expect(value.templates['t']).toMatchObject({ granted: 2 * MAX_RECENT_MARKS });
});
