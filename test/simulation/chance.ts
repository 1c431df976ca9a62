/** Chance that comes out the same for the same seed. */
export interface Chance {
  /** A number in [0, 1). */
  next(): number;
  /** True with the given probability. */
  happens(probability: number): boolean;
  /** A whole number in [low, high]. */
  between(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
}

/** The generator is Mulberry32: small, fast and even enough to choose faults by. */
export function createChance(seed: number): Chance {
  let state = Math.imul(seed, 0x9e3779b1) ^ 0x5bf03635;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    happens: (probability) => next() < probability,
    between,
    pick: (items) => items[between(0, items.length - 1)]!,
  };
}
