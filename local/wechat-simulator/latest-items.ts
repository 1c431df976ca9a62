/** The latest numbered items, in a ring of fixed size. Numbers count up from 1. */
export class LatestItems<T extends { readonly number: number }> {
  readonly #capacity: number;
  readonly #ring: T[] = [];
  #newest = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Adds the item of the next number, or replaces one that is still listed; one that is not is left out. */
  put(item: T): void {
    if (item.number <= this.#newest - this.#capacity) return;
    this.#newest = Math.max(this.#newest, item.number);
    this.#ring[(item.number - 1) % this.#capacity] = item;
  }

  /** How many made room for newer ones. */
  get forgotten(): number {
    return this.#newest - this.#ring.length;
  }

  oldestFirst(): readonly T[] {
    const start = this.#newest > this.#capacity ? this.#newest % this.#capacity : 0;
    return [...this.#ring.slice(start), ...this.#ring.slice(0, start)];
  }
}
