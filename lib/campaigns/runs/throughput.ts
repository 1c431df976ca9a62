/** What was done is counted by slots of this length. */
const SLOT_MS = 10_000;
/** Slots older than this say nothing about the rate now. */
export const SLOTS_KEPT = 6;
/** The rate is taken over the slot under way and so many before it. */
const SLOTS_BEFORE = 2;

/** The slot that a moment falls into. */
export function slotOf(atMs: number): number {
  return Math.floor(atMs / SLOT_MS);
}

/** Slots by number out of a record by name. */
export function recentSlots(counts: Readonly<Record<string, number>>): ReadonlyMap<number, number> {
  return new Map(Object.entries(counts).map(([slot, count]) => [Number(slot), count]));
}

/** How many were done with per second lately, by the slots of all shards; 0 when nothing was. */
export function ratePerSecond(
  shards: readonly ReadonlyMap<number, number>[],
  startedAtMs: number,
  nowMs: number,
): number {
  const current = slotOf(nowMs);
  const fromMs = Math.max(startedAtMs, (current - SLOTS_BEFORE) * SLOT_MS);
  const done = shards
    .flatMap((slots) => [...slots])
    .filter(([slot]) => slot >= current - SLOTS_BEFORE && slot <= current)
    .reduce((sum, [, count]) => sum + count, 0);
  return done / Math.max(1, (nowMs - fromMs) / 1_000);
}
