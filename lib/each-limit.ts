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
 * After a failure of `work` nothing more begins. It is thrown once nothing is under way: what a function that has
 * answered left behind would go on when its container thaws.
 */
export async function eachLimit<T>({
  items,
  limit,
  work,
  mayGoOn = () => true,
}: EachLimit<T>): Promise<boolean> {
  const rest = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let hasFailed = false;
  const worker = async () => {
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      if (hasFailed || !mayGoOn()) return false;
      await work(next.value);
    }
    return true;
  };
  const workers = Array.from({ length: limit }, () =>
    worker().catch((error: unknown) => {
      hasFailed = true;
      throw error;
    }),
  );
  await Promise.allSettled(workers);
  return (await Promise.all(workers)).every(Boolean);
}
