import type { Message } from '../../lib/messages/message.ts';

/** A message as the index shows it. */
interface Row {
  readonly value: Message;
  readonly json: string;
  readonly version: string;
}

/** The shards that the index is spread over. */
export const SHARDS = [0, 1];

/** Small, so that a page is full now and then. */
const DUE_PAGE_SIZE = 3;

/** The due index: each write of a message shows up in it some time later, in the order in which the writes were made. */
export function createLaggingIndex() {
  const onTheWay: { atMs: number; id: string; order: number; row: Row }[] = [];
  const shown = new Map<string, { order: number; row: Row }>();
  let orders = 0;
  return {
    update(atMs: number, id: string, row: Row): void {
      orders += 1;
      if (row.value.parked || shown.has(id) || onTheWay.some((update) => update.id === id))
        onTheWay.push({ atMs, id, order: orders, row });
    },
    due(nowMs: number, shard: number, beforeMs: number): readonly Row[] {
      for (let at = onTheWay.length - 1; at >= 0; at--) {
        const update = onTheWay[at]!;
        if (update.atMs > nowMs) continue;
        onTheWay.splice(at, 1);
        if (update.order > (shown.get(update.id)?.order ?? 0)) shown.set(update.id, update);
      }
      return [...shown.values()]
        .map(({ row }) => row)
        .filter(({ value }) => value.parked && value.dueAtMs < beforeMs && shardOf(value.id) === shard)
        .sort((a, b) => a.value.dueAtMs - b.value.dueAtMs)
        .slice(0, DUE_PAGE_SIZE);
    },
  };
}

/** The shard that a message belongs to. */
export function shardOf(id: string): number {
  return id.charCodeAt(35) % SHARDS.length;
}
