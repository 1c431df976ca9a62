import type { Clock } from '../../../lib/clock.ts';

/** Work that is under way or waits for its time. */
export class UnderWay {
  readonly #clock: Clock;
  readonly #dueAtMs = new Set<{ readonly dueAtMs: number }>();
  #waiting: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts `work`, which begins after `delayMs`, until it has ended. */
  async during<T>(delayMs: number, work: () => Promise<T>): Promise<T> {
    const entry = { dueAtMs: this.#clock() + delayMs };
    this.#dueAtMs.add(entry);
    try {
      return await work();
    } finally {
      this.#dueAtMs.delete(entry);
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  /** Whether anything is under way or begins within `dueWithinMs`. */
  isBusy(dueWithinMs = 0): boolean {
    const dueBefore = this.#clock() + dueWithinMs;
    for (const { dueAtMs } of this.#dueAtMs) if (dueAtMs <= dueBefore) return true;
    return false;
  }

  /** Resolves once nothing is. */
  async settled(dueWithinMs = 0): Promise<void> {
    while (this.isBusy(dueWithinMs)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
