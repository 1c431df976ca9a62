/** What is to be worked through, so many at the same time. */
interface EachLimit<T> {
  readonly items: Iterable<T> | AsyncIterable<T>;
  readonly atOnce: number;
  readonly work: (item: T) => Promise<unknown>;
  /** Asked before each item; the first no leaves the rest alone. */
  readonly mayGoOn?: () => boolean;
}

/**
 * Works through items, a bounded number at the same time, in the order in which they come.
 * Answers whether none was left alone. The first failure of `work` is thrown at once.
 */
export async function eachLimit<T>({
  items,
  atOnce,
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
  return (await Promise.all(Array.from({ length: atOnce }, worker))).every(Boolean);
}
