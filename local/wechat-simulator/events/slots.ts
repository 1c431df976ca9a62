/** Lets a number of things happen at once; what comes later waits its turn, first come, first served. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #used = 0;

  /** Runs `work` once fewer than `limit` run. */
  async run<T>(limit: number, work: () => Promise<T>): Promise<T> {
    if (this.#used < limit && this.#waiting.length === 0) this.#used += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      this.#handOn();
    }
  }

  /** The place goes to who waits longest, so that nobody slips in between. */
  #handOn(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#used -= 1;
  }
}
