/** What {@link eachLimit} works through, and how. */
interface EachLimit<T> {
  readonly items: Iterable<T> | AsyncIterable<T>;
  /** How many are worked on at the same time. */
  readonly limit: number;
  readonly work: (item: T) => Promise<unknown>;
  /** Asked before each item; the first no leaves the rest alone. */
  readonly mayGoOn?: () => boolean;
}

/**
 * Works through items in their order, a bounded number at the same time. Answers whether none was left alone.
 * The first failure of `work` is thrown at once.
 */
export async function eachLimit<T>({
  items,
  limit,
  work,
  mayGoOn = () => true,
}: EachLimit<T>): Promise<boolean> {
  const rest = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const worker = async () => {
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      if (!mayGoOn()) return false;
      await work(next.value);
    }
    return true;
  };
  return (await Promise.all(Array.from({ length: limit }, worker))).every(Boolean);
}
