import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createDueIndexWriter } from '../../../lib/dynamodb/dynamodb-due-index.ts';
import { createGrantStore } from '../../../lib/dynamodb/dynamodb-grant-store.ts';
import { createMessageStore } from '../../../lib/dynamodb/dynamodb-message-store.ts';
import {
  createPendingOfTemplate,
  SEARCH_CURSOR,
} from '../../../lib/dynamodb/dynamodb-pending-of-template.ts';
import { shardOf } from '../../../lib/dynamodb/keys.ts';
import { eachLimit } from '../../../lib/each-limit.ts';
import { cancelForTemplate } from '../../../lib/messages/end-pending-messages.ts';
import { createMessageIds, type Message } from '../../../lib/messages/message.ts';
import { putPending } from '../../../lib/messages/pending-messages.ts';
import { everyItem, everyPage } from '../../../lib/paginate.ts';
import { updated } from '../../../lib/versioned.ts';
import { useTable } from '../../support/dynamodb.ts';

const START_MS = Date.UTC(2026, 11, 1);
const MINUTE_MS = 60_000;
const T = 'tpl';
const shared = await useTable();
const newId = createMessageIds(randomUUID);

async function collect<X>(items: AsyncIterable<X>): Promise<X[]> {
  const all: X[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A mini program of its own. */
function useApp() {
  const table = { ...shared, appId: `wx-${randomUUID()}` };
  const logger = { info() {}, warn() {}, error() {} };
  const versions = { newVersion: randomUUID, clock: () => START_MS, logger };
  const store = createMessageStore(table, versions);
  const grants = createGrantStore(table, versions);
  const dueEntries = createDueIndexWriter(table);
  const waiting = createPendingOfTemplate(table);
  const contention = { sleep: async () => {}, random: Math.random };
  return {
    store,
    waiting,
    /** A user with messages of these templates that wait, and grants for `granted`. */
    async user(openid: string, templateIds: readonly string[], { minutes = 10, granted = [T] } = {}) {
      const messages = templateIds.map((templateId): Message => {
        const sendAtMs = START_MS + minutes * MINUTE_MS;
        return {
          id: newId(openid),
          openid,
          templateId,
          data: { thing1: '茶' },
          miniprogramState: 'formal',
          lang: 'zh_CN',
          state: 'pending',
          sendAtMs,
          dueAtMs: sendAtMs,
          attempts: 0,
          createdAtMs: START_MS,
          updatedAtMs: START_MS,
        };
      });
      for (const { id: messageId, templateId, dueAtMs } of minutes > 15 ? messages : []) {
        await dueEntries.put({ messageId, templateId, sinceMs: START_MS, dueAtMs });
      }
      const read = await store.loadLedger(openid);
      await grants.joinAudiences(openid, granted);
      await grants.commitCounted(updated(read, putPending(read.value, ...messages)), [], []);
      return messages.map(({ id }) => id);
    },
    async found() {
      const all = await collect(everyItem((after) => waiting(T, after)));
      return [...new Set(all.map(({ id }) => id))].toSorted();
    },
    cancel: (openid: string) => cancelForTemplate({ store, ...contention }, openid, T, START_MS),
  };
}

describe('the pending messages of a template', () => {
  test('are found whether they wait for minutes or for days, and no others are', async () => {
    const { user, found } = useApp();
    const ids = [
      ...(await user('o-soon', [T])),
      ...(await user('o-later', [T], { minutes: 1440 })),
      ...(await user('o-ungranted', [T], { minutes: 60, granted: [] })),
    ];
    await user('o-other', ['other'], { minutes: 60 });
    const [mine] = await user('o-both', [T, 'other'], { minutes: 60 });
    expect(await found()).toEqual([...ids, mine!].toSorted());
  });

  test('of more users than a page has come in pages, from any of which the search goes on', {
    timeout: 30_000,
  }, async () => {
    const { user, waiting } = useApp();
    const names = Array.from({ length: 1_200 }, (_, n) => `o-${n}`);
    const openids = [
      ...names.filter((name) => shardOf(name) === 3),
      ...names.filter((name) => shardOf(name) === 5).slice(0, 3),
    ];
    await eachLimit({ items: openids, limit: 20, work: (openid) => user(openid, [T]) });
    const pages = await collect(everyPage((after) => waiting(T, after)));
    expect(
      pages
        .flat()
        .map(({ openid }) => openid)
        .toSorted(),
    ).toEqual(openids.toSorted());
    expect(Math.max(...pages.map(({ length }) => length))).toBe(100);
    const cursors: string[] = [];
    for (let after: string | undefined; ; ) {
      const { next } = await waiting(T, after);
      if (next === undefined) break;
      cursors.push(next);
      after = next;
    }
    for (const cursor of cursors) expect(cursor).toMatch(SEARCH_CURSOR);
    const within = cursors.findIndex((cursor) => /^audience:3:o-/.test(cursor));
    const rest = await collect(everyPage((after = cursors[within]) => waiting(T, after)));
    expect(rest).toEqual(pages.slice(within + 1));
  });

  test('are canceled by one write for each user, and those of other templates stay', async () => {
    const { user, found, cancel, store } = useApp();
    const [first, second, other] = await user('o-1', [T, T, 'other']);
    const canceled = await cancel('o-1');
    expect(canceled.map(({ id, state, outcome }) => [id, state, outcome?.reason]).toSorted()).toEqual(
      [first, second].map((id) => [id, 'canceled', 'template-deleted']).toSorted(),
    );
    expect(await found()).toEqual([]);
    expect((await store.load(other!)).message?.value).toMatchObject({ state: 'pending' });
    expect(await cancel('o-1')).toEqual([]);
  });

  test('leave one that is being sent alone: it has its answer first', async () => {
    const { user, cancel, store } = useApp();
    const [id] = await user('o-1', [T]);
    const read = await store.loadLedger('o-1');
    const claim = {
      sendId: id!,
      claimId: 'c',
      templateId: T,
      source: 'held',
      epoch: 0,
      grantedBefore: 1,
      startedAtMs: START_MS,
      leaseUntilMs: START_MS + 45_000,
    } as const;
    await store.commit({ ledger: updated(read, { ...read.value, claim }) });
    expect(await cancel('o-1')).toEqual([]);
    expect((await store.load(id!)).message?.value).toMatchObject({ state: 'pending' });
  });
});
