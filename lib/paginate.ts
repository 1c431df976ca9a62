/** One page of a list, and where the next begins. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** Reads the page after this cursor, or the first. */
type ListPage<T> = (after: string | undefined) => Promise<Page<T>>;

/** The pages of a list, each asked for when the one before has been used. */
export async function* everyPage<T>(list: ListPage<T>): AsyncGenerator<readonly T[]> {
  let after: string | undefined;
  do {
    const { items, next }: Page<T> = await list(after);
    yield items;
    after = next;
  } while (after !== undefined);
}

/** Every item of a list, in its order. */
export async function* everyItem<T>(list: ListPage<T>): AsyncGenerator<T> {
  for await (const items of everyPage(list)) yield* items;
}
