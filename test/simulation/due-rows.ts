import type { DueEntry } from '../../lib/messages/send-job.ts';

/** The shards that the index is spread over. */
export const DUE_SHARDS = [0, 1];

/** Small, so that a page is full now and then. */
const PAGE_SIZE = 3;

/**
 * The due index, and how far each shard's cursor has come. `entered` is called after an entry was written.
 */
export function createDueRows(entered: () => void) {
  const shards = DUE_SHARDS.map((): Map<string, DueEntry> => new Map());
  const cursors = DUE_SHARDS.map(() => '');
  let beforeMove = cursors;
  let reads = 0;

  const keyOf = (messageId: string, dueAtMs: number) => `${String(dueAtMs).padStart(16, '0')}#${messageId}`;
  const behind = (shard: number, after: string) =>
    [...shards[shard]!].filter(([key]) => key > after).sort(([one], [other]) => (one < other ? -1 : 1));

  return {
    put(entry: DueEntry): void {
      shards[shardOf(entry.messageId)]!.set(keyOf(entry.messageId, entry.dueAtMs), entry);
      entered();
    },
    remove(messageId: string, dueAtMs: number): void {
      shards[shardOf(messageId)]!.delete(keyOf(messageId, dueAtMs));
    },
    /** An eventually consistent read: every second one is of before the latest move. */
    cursors(): ReadonlyMap<number, string> {
      reads++;
      return new Map((reads % 2 === 0 ? beforeMove : cursors).entries());
    },
    next(shard: number, beforeMs: number, after = '') {
      const page = behind(shard, after)
        .filter(([, { dueAtMs }]) => dueAtMs < beforeMs)
        .slice(0, PAGE_SIZE);
      const last = page.at(-1);
      return { entries: page.map(([, entry]) => entry), ...(last && { cursor: last[0] }) };
    },
    moveCursor(shard: number, cursor: string): void {
      if (cursor <= cursors[shard]!) return;
      beforeMove = [...cursors];
      cursors[shard] = cursor;
    },
    /** The entries that no cursor has passed. */
    ahead: (): readonly DueEntry[] =>
      DUE_SHARDS.flatMap((shard) => behind(shard, cursors[shard]!).map(([, entry]) => entry)),
    /** Those too that one has passed. */
    all: (): readonly DueEntry[] => shards.flatMap((shard) => [...shard.values()]),
  };
}

function shardOf(id: string): number {
  return id.charCodeAt(35) % DUE_SHARDS.length;
}
