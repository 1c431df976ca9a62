import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createGrantStore, createTemplateUsers } from '../../../lib/dynamodb/dynamodb-grant-store.ts';
import { SHARDS } from '../../../lib/dynamodb/keys.ts';
import { type CountingStore, JOINING_MS } from '../../../lib/grants/commit-counted.ts';
import { reportGrants } from '../../../lib/grants/report-grants.ts';
import { watched } from '../../support/watched-table.ts';
import { expectNothingOf, START_MS, TEMPLATE, table, useUser } from '../messages/use-user.ts';

/** A user of whom only the item is there, and their report, which goes as `change` lets it. */
async function useReport() {
  const user = await useUser(0);
  const writes: string[] = [];
  const seen = watched(table, (operation, _input, send) => {
    if (operation !== 'GetItem') writes.push(operation);
    return send();
  });
  const store = createGrantStore(seen, { newVersion: randomUUID, clock: user.services.clock });
  return {
    ...user,
    writes,
    report: (change: Partial<CountingStore> = {}) =>
      reportGrants(
        {
          ...user.services,
          store: { ...store, ...change },
          authority: 'client',
          isCatalogueSynced: async () => true,
        },
        user.openid,
        'tap-1',
        { results: { [TEMPLATE]: 'accept' }, silent: [] },
        new Map([[TEMPLATE, 'one-time']]),
      ),
    async isInAudience() {
      const { openids } = createTemplateUsers(table);
      const pages = await Promise.all(SHARDS.map((shard) => openids(TEMPLATE, shard, 100, '')));
      return pages.some((page) => page.openids.includes(user.openid));
    },
  };
}

/** A function that ends at this point. */
const dies = () => Promise.reject(new Error('the function ends here'));

test('the first report for a template is three single writes, and leaves nothing of them behind', async () => {
  const { report, writes, isInAudience, services, openid } = await useReport();
  expect((await report()).type).toBe('counted');
  expect(writes).toEqual(['PutItem', 'PutItem', 'PutItem']);
  expect(await isInAudience()).toBe(true);
  expect((await services.store.loadLedger(openid)).value).not.toHaveProperty('joining');
});

test.each([
  ['before its user joins the audience', { joinAudiences: dies }],
  ['before the grant is stored', { commitCounted: dies }],
])('a report that dies %s is counted when it comes again', async (_, deadly) => {
  const { report, isInAudience, services, openid } = await useReport();
  await expect(report(deadly)).rejects.toThrow('ends here');
  expect((await services.store.loadLedger(openid)).value.templates).toEqual({});
  expect(await report()).toMatchObject({ ledger: { templates: { [TEMPLATE]: { available: 1 } } } });
  expect(await isInAudience()).toBe(true);
});

test('a user whose report died half way is erased from the audience too, once it can no longer be under way', async () => {
  const { report, erase, later, isInAudience, openid } = await useReport();
  await expect(report({ commitCounted: dies })).rejects.toThrow('ends here');
  expect(await erase()).toEqual({ type: 'writing', untilMs: START_MS + JOINING_MS });
  expect(await isInAudience()).toBe(true);
  later(JOINING_MS);
  expect(await erase()).toMatchObject({ type: 'erased', templates: 0 });
  await expectNothingOf(openid);
});

test('many reports of one tap at the same time count once', async () => {
  const { report, isInAudience } = await useReport();
  const results = await Promise.all(Array.from({ length: 30 }, () => report()));
  expect(results.filter(({ type }) => type === 'counted')).toHaveLength(1);
  expect(results.filter(({ type }) => type === 'counted-before')).toHaveLength(29);
  expect(await isInAudience()).toBe(true);
});
