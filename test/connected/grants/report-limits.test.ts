import { expect, test } from 'vitest';
import { createGrantStore } from '../../../lib/dynamodb/dynamodb-grant-store.ts';
import { type GrantReport, MAX_REPORTS_PER_DAY, reportGrants } from '../../../lib/grants/report-grants.ts';
import { updated } from '../../../lib/versioned.ts';
import { useTable } from '../../support/dynamodb.ts';

const NOON = Date.parse('2026-12-01T12:00:00Z');
const HOUR_MS = 60 * 60_000;

const table = await useTable();
let nowMs = NOON;
let versions = 0;
let isSynced = true;
const services = {
  store: createGrantStore(table, { clock: () => nowMs, newVersion: () => `version-${versions++}` }),
  authority: 'client' as const,
  isCatalogueSynced: async () => isSynced,
  clock: () => nowMs,
  sleep: async () => {},
  random: Math.random,
};
const ACCEPT: GrantReport = { results: { t: 'accept' }, silent: [] };
const report = (requestId: string) =>
  reportGrants(services, 'o-eager', requestId, ACCEPT, new Map([['t', 'one-time']]));

/** As though the user had reported all day, and had so many reports left. */
async function leave(left: number): Promise<void> {
  const stored = await services.store.loadLedger('o-eager');
  const reports = { day: Math.floor(NOON / (24 * HOUR_MS)), count: MAX_REPORTS_PER_DAY - left };
  await services.store.commitCounted(updated(stored, { ...stored.value, reports }), ['report#earlier'], []);
}

test('a user has so many reports a day counted, one that comes again is none, and the next day begins anew', async () => {
  expect((await report('tap-0')).type).toBe('counted');
  await leave(2);
  expect([(await report('tap-1')).type, (await report('tap-2')).type]).toEqual(['counted', 'counted']);
  expect(await report('one too many')).toEqual({ type: 'too-many-reports', retryAfterMs: 12 * HOUR_MS });
  expect((await report('tap-0')).type).toBe('counted-before');
  nowMs = NOON + 12 * HOUR_MS;
  expect(await report('one too many')).toMatchObject({
    type: 'counted',
    ledger: { templates: { t: { granted: 4 } } },
  });
});

test.each([
  [true, 10],
  [false, 12],
])(
  'of twelve templates that no sync found a user keeps, with the catalogue synced: %s, %i',
  async (synced, kept) => {
    isSynced = synced;
    const openid = `o-synced-${synced}`;
    const ids = Array.from({ length: 12 }, (_, index) => `new-${index}`);
    for (const some of [ids.slice(0, 6), ids.slice(6)]) {
      const results = Object.fromEntries(some.map((id) => [id, 'accept']));
      await reportGrants(services, openid, some.join(), { results, silent: [] }, new Map());
    }
    const { value } = await services.store.loadLedger(openid);
    expect(Object.keys(value.templates)).toHaveLength(kept);
  },
);
