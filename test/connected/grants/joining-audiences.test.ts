import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { createGrantStore, createTemplateUsers } from '../../../lib/dynamodb/dynamodb-grant-store.ts';
import { SHARDS } from '../../../lib/dynamodb/keys.ts';
import { type CountingStore, JOINING_MS } from '../../../lib/grants/commit-counted.ts';
import { reportGrants } from '../../../lib/grants/report-grants.ts';
import { type Watch, watched } from '../../support/watched-table.ts';
import { expectNothingOf, START_MS, TEMPLATE, table, useUser } from '../messages/use-user.ts';

const send: Watch = (_operation, _input, send) => send();

/** A user of whom only the item is there, and their reports, which go as `change` lets them. */
async function useReport(watch = send) {
  const user = await useUser(0);
  const writes: string[] = [];
  const seen = watched(table, (operation, input, send) => {
    if (operation !== 'GetItem') writes.push(operation);
    return watch(operation, input, send);
  });
  const store = createGrantStore(seen, { newVersion: randomUUID, clock: user.services.clock });
  return {
    ...user,
    store,
    writes,
    stored: async () => (await store.loadLedger(user.openid)).value,
    report: (change: Partial<CountingStore> = {}, requestId = 'tap-1') =>
      reportGrants(
        {
          ...user.services,
          store: { ...store, ...change },
          authority: 'client',
          isCatalogueSynced: async () => true,
        },
        user.openid,
        requestId,
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

/** A point at which a function is held up until it is let go. */
function holdUp() {
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  return {
    reached: reached.promise,
    letGo: released.resolve,
    async pass() {
      reached.resolve();
      await released.promise;
    },
  };
}

test('the first report for a template is three single writes, and leaves nothing of them behind', async () => {
  const { report, writes, isInAudience, stored } = await useReport();
  expect((await report()).type).toBe('counted');
  expect(writes).toEqual(['PutItem', 'PutItem', 'PutItem']);
  expect(await isInAudience()).toBe(true);
  expect(await stored()).not.toHaveProperty('joining');
});

test.each([
  ['before its user joins the audience', { joinAudiences: dies }],
  ['before the grant is stored', { commitCounted: dies }],
])('a report that dies %s is counted when it comes again', async (_, deadly) => {
  const { report, isInAudience, stored } = await useReport();
  await expect(report(deadly)).rejects.toThrow('ends here');
  expect((await stored()).templates).toEqual({});
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

test('a report that fails to write a place ends only once none of its others is on its way', async () => {
  const { reached, letGo, pass } = holdUp();
  let writes = 0;
  const { store, openid } = await useReport(async (_operation, _input, send) => {
    if (writes++ === 0) throw new Error('the table fails');
    await pass();
    return send();
  });
  let isOver = false;
  const joining = store.joinAudiences(openid, [TEMPLATE, 'tpl-another']);
  joining.catch(() => {
    isOver = true;
  });
  await reached;
  await setImmediate();
  expect(isOver).toBe(false);
  letGo();
  await expect(joining).rejects.toThrow('the table fails');
});

describe('of two first reports at the same time', () => {
  /** Where the one may be held up while the other is counted, and is to die afterwards. */
  const points: [string, (store: CountingStore, pass: () => Promise<void>) => Partial<CountingStore>][] = [
    [
      'before it learns that it has announced',
      ({ announce }, pass) => ({
        async announce(ledger) {
          const announced = await announce(ledger);
          await pass();
          return announced;
        },
      }),
    ],
    [
      'on its way into the audience',
      ({ joinAudiences }, pass) => ({
        async joinAudiences(...user) {
          await pass();
          return joinAudiences(...user);
        },
      }),
    ],
  ];

  test.each(points)('one is held up %s: an erasure waits until it is over', async (_, holdingUp) => {
    const { report, store, erase, later, isInAudience, openid } = await useReport();
    const { reached, letGo, pass } = holdUp();
    const late = report({ ...holdingUp(store, pass), commitCounted: dies });
    await reached;
    expect((await report()).type).toBe('counted');
    expect(await isInAudience()).toBe(true);
    expect(await erase()).toEqual({ type: 'writing', untilMs: START_MS + JOINING_MS });
    letGo();
    await expect(late).rejects.toThrow('ends here');
    later(JOINING_MS);
    expect(await erase()).toMatchObject({ type: 'erased', templates: 1 });
    await expectNothingOf(openid);
  });

  test('one has read what the other announced: it brings nobody into the audience who has been erased since', async () => {
    const { report, store, erase, openid } = await useReport();
    const [first, second] = [holdUp(), holdUp()];
    const [, onItsWay] = points[1]!;
    const early = report(onItsWay(store, first.pass));
    await first.reached;
    const late = report({
      async countedOf(...asked) {
        await second.pass();
        return store.countedOf(...asked);
      },
      commitCounted: async (...counted) =>
        (await store.commitCounted(...counted)) === 'conflict' ? dies() : 'committed',
    });
    await second.reached;
    first.letGo();
    expect((await early).type).toBe('counted');
    expect((await erase()).type).toBe('erased');
    second.letGo();
    await expect(late).rejects.toThrow('ends here');
    await expectNothingOf(openid);
  });

  test('the announcement stays while one may be on its way, and leaves with a later report', async () => {
    const { report, later, stored } = await useReport();
    await expect(report({ joinAudiences: dies })).rejects.toThrow('ends here');
    await report();
    expect(await stored()).toMatchObject({ joining: { templateIds: [TEMPLATE] } });
    later(JOINING_MS);
    await report({}, 'tap-2');
    expect(await stored()).not.toHaveProperty('joining');
  });

  test('the one that announced takes that back in its next try, though the other was counted in between', async () => {
    const { report, store, erase, stored, openid } = await useReport();
    const { reached, letGo, pass } = holdUp();
    const [, onItsWay] = points[1]!;
    const announcer = report(onItsWay(store, pass));
    await reached;
    expect((await report({}, 'tap-2')).type).toBe('counted');
    expect(await stored()).toHaveProperty('joining');
    letGo();
    expect((await announcer).type).toBe('counted');
    expect(await stored()).not.toHaveProperty('joining');
    expect(await erase()).toMatchObject({ type: 'erased', templates: 1 });
    await expectNothingOf(openid);
  });

  test('one writes the place of both at the moment when the other does: both are counted', async () => {
    let collisions = 1;
    const { report, writes } = await useReport((operation, input, send) => {
      const isPlace =
        operation === 'PutItem' && !('Item' in input && JSON.stringify(input.Item).includes('ledger'));
      if (!isPlace || collisions-- <= 0) return send();
      throw new TransactionConflictException({ message: 'being written', $metadata: {} });
    });
    expect((await report()).type).toBe('counted');
    expect(writes).toEqual(['PutItem', 'PutItem', 'TransactWriteItems']);
  });
});

test('many reports of one tap at the same time count once', async () => {
  const { report, isInAudience } = await useReport();
  const results = await Promise.all(Array.from({ length: 30 }, () => report()));
  expect(results.filter(({ type }) => type === 'counted')).toHaveLength(1);
  expect(results.filter(({ type }) => type === 'counted-before')).toHaveLength(29);
  expect(await isInAudience()).toBe(true);
});
