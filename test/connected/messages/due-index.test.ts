import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createDueIndexReader, createDueIndexWriter } from '../../../lib/dynamodb/dynamodb-due-index.ts';
import { putAtomically } from '../../../lib/dynamodb/items.ts';
import { dueEntryKey } from '../../../lib/dynamodb/keys.ts';
import type { Table } from '../../../lib/dynamodb/table.ts';
import { DISPATCH_AHEAD_MS, dispatchDue } from '../../../lib/messages/dispatch-due.ts';
import { createMessageIds } from '../../../lib/messages/message.ts';
import type { DueEntry, SendJob } from '../../../lib/messages/send-job.ts';
import { useTable } from '../../support/dynamodb.ts';

const START_MS = Date.UTC(2026, 11, 1);
const MINUTE_MS = 60_000;
const shared = await useTable();
const newId = createMessageIds(randomUUID);

/** A dispatcher of a mini program of its own, and what it put onto the queue. */
function useDispatcher() {
  const table: Table = { ...shared, appId: `wx-${randomUUID()}` };
  let nowMs = START_MS;
  const queue: (SendJob & { delayMs: number })[] = [];
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const logger = { info: () => undefined, warn: log, error: log };
  const clock = () => nowMs;
  const services = {
    clock,
    logger,
    dueIndex: createDueIndexReader(table, logger),
    enqueue: async (job: SendJob, delayMs: number) => void queue.push({ ...job, delayMs }),
  };
  const dueEntries = createDueIndexWriter(table);
  return {
    table,
    queue,
    lines,
    services,
    later(ms: number) {
      nowMs += ms;
    },
    remove: dueEntries.remove,
    async put(dueAtMs: number): Promise<DueEntry> {
      const entry = { messageId: newId('o-anna'), templateId: 'tpl', sinceMs: nowMs, dueAtMs };
      await dueEntries.put(entry);
      return entry;
    },
    dispatch: (more: object = {}) => dispatchDue({ ...services, ...more }, nowMs + MINUTE_MS),
  };
}

describe('due entries', () => {
  test('go onto the queue once, ahead of their moment and with the delay that is left', async () => {
    const { put, dispatch, later, queue } = useDispatcher();
    const soon = await put(START_MS + 20 * MINUTE_MS);
    const later1 = await put(START_MS + 60 * MINUTE_MS);
    expect(await dispatch()).toBe(0);
    later(16 * MINUTE_MS);
    expect(await dispatch()).toBe(1);
    expect(await dispatch()).toBe(0);
    expect(queue).toEqual([
      {
        messageId: soon.messageId,
        sinceMs: START_MS,
        dueAtMs: soon.dueAtMs,
        entryAtMs: soon.dueAtMs,
        delayMs: 4 * MINUTE_MS - 500,
      },
    ]);
    later(40 * MINUTE_MS);
    expect(await dispatch()).toBe(1);
    expect(queue.at(-1)?.messageId).toBe(later1.messageId);
  });

  test('of one moment, many pages of them, go onto the queue each once, also after an outage of a day', async () => {
    const { put, dispatch, later, queue } = useDispatcher();
    const moment = START_MS + 30 * MINUTE_MS;
    const entries = await Promise.all(Array.from({ length: 600 }, (_, n) => put(moment + (n % 3))));
    later(24 * 60 * MINUTE_MS);
    expect(await dispatch()).toBe(600);
    expect(await dispatch()).toBe(0);
    const ids = (jobs: readonly { messageId: string }[]) => jobs.map(({ messageId }) => messageId).toSorted();
    expect(ids(queue)).toEqual(ids(entries));
    expect(new Set(queue.map(({ delayMs }) => delayMs))).toEqual(new Set([0]));
  });

  test('come again when the queue did not take a page of them', async () => {
    const { put, dispatch, later, queue } = useDispatcher();
    await put(START_MS + 20 * MINUTE_MS);
    later(20 * MINUTE_MS);
    const refuses = () => Promise.reject(new Error('the queue is down'));
    await expect(dispatch({ enqueue: refuses })).rejects.toThrow('the queue is down');
    expect(await dispatch()).toBe(1);
    expect(queue).toHaveLength(1);
  });

  test('are passed by a cursor that never goes back', async () => {
    const { put, later, services } = useDispatcher();
    const first = await put(START_MS + 20 * MINUTE_MS);
    later(20 * MINUTE_MS);
    const next = async (shard: number) => {
      const cursors = await services.dueIndex.cursors();
      return services.dueIndex.next(shard, services.clock() + DISPATCH_AHEAD_MS, cursors.get(shard));
    };
    const shards = await Promise.all(
      services.dueIndex.shards.map(async (shard) => ({ shard, page: await next(shard) })),
    );
    const found = shards.find(({ page }) => page.entries.length > 0);
    if (!found?.page.cursor) return expect.unreachable();
    expect(found.page.entries).toEqual([first]);
    await services.dueIndex.moveCursor(found.shard, found.page.cursor);
    await services.dueIndex.moveCursor(found.shard, '0');
    expect(await next(found.shard)).toEqual({ entries: [] });
  });

  test('that were removed come up no more, and removing one twice is no error', async () => {
    const { put, remove, dispatch, later } = useDispatcher();
    const { messageId, dueAtMs } = await put(START_MS + 20 * MINUTE_MS);
    await remove(messageId, dueAtMs);
    await remove(messageId, dueAtMs);
    later(20 * MINUTE_MS);
    expect(await dispatch()).toBe(0);
  });

  test('that cannot be read are named and passed over', async () => {
    const { put, dispatch, later, lines, table } = useDispatcher();
    const key = dueEntryKey(table, newId('o-ben'), START_MS + 20 * MINUTE_MS);
    await putAtomically(table, [{ item: { ...key, messageId: 7 }, condition: 'attribute_not_exists(pk)' }]);
    await put(START_MS + 20 * MINUTE_MS);
    later(20 * MINUTE_MS);
    expect(await dispatch()).toBe(1);
    expect(lines).toEqual([expect.stringContaining('cannot be read')]);
    expect(await dispatch()).toBe(0);
  });
});
