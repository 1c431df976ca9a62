import type { DueIndex } from '../../lib/sends/dispatch-due.ts';
import type { DueEntries, DueEntry } from '../../lib/sends/send-job.ts';
import type { Process, Processes } from './processes.ts';

/** The shards that the index is spread over. */
const SHARDS = [0, 1];

/** Small, so that a page is full now and then. */
const PAGE_SIZE = 3;

/** The due index, and how far each shard's cursor has come. */
export function createSimulatedDueIndex(processes: Processes, written: () => void) {
  const shards = SHARDS.map((): Map<string, DueEntry> => new Map());
  const cursors = SHARDS.map(() => '');

  const placeOf = (messageId: string, dueAtMs: number) => `${String(dueAtMs).padStart(16, '0')}#${messageId}`;
  const behind = (shard: number, after: string) =>
    [...shards[shard]!].filter(([place]) => place > after).sort(([one], [other]) => (one < other ? -1 : 1));

  function put(entry: DueEntry): void {
    shards[shardOf(entry.messageId)]!.set(placeOf(entry.messageId, entry.dueAtMs), entry);
    written();
  }

  function remove(messageId: string, dueAtMs: number): void {
    shards[shardOf(messageId)]!.delete(placeOf(messageId, dueAtMs));
  }

  function next(shard: number, beforeMs: number, after = cursors[shard]!) {
    const page = behind(shard, after)
      .filter(([, { dueAtMs }]) => dueAtMs < beforeMs)
      .slice(0, PAGE_SIZE);
    const last = page.at(-1);
    return { entries: page.map(([, entry]) => entry), ...(last && { cursor: last[0] }) };
  }

  function moveCursor(shard: number, cursor: string): void {
    if (cursor > cursors[shard]!) cursors[shard] = cursor;
  }

  return {
    remove,
    /** The entries that no cursor has passed. */
    ahead: (): readonly DueEntry[] =>
      SHARDS.flatMap((shard) => behind(shard, cursors[shard]!).map(([, entry]) => entry)),
    /** Those too that one has passed. */
    all: (): readonly DueEntry[] => shards.flatMap((shard) => [...shard.values()]),
    ports: (process: Process): { dueEntries: DueEntries; dueIndex: DueIndex } => ({
      dueEntries: {
        put: (entry) => processes.call(process, 'put due entry', () => put(entry)),
        remove: (messageId, dueAtMs) =>
          processes.call(process, 'remove due entry', () => remove(messageId, dueAtMs)),
      },
      dueIndex: {
        shards: SHARDS,
        next: (shard, beforeMs, after) =>
          processes.call(process, 'next due entries', () => next(shard, beforeMs, after)),
        moveCursor: (shard, cursor) =>
          processes.call(process, 'move cursor', () => moveCursor(shard, cursor)),
      },
    }),
  };
}

function shardOf(id: string): number {
  return id.charCodeAt(35) % SHARDS.length;
}
