/** A list that is fetched page by page, as far as it is looked at here. */
interface ListState<T> {
  readonly state: {
    readonly data: { readonly pages: readonly { readonly items: readonly T[] }[] } | undefined;
  };
}

/**
 * How often a list is asked for anew, by the rows of its first page. Once more of it is shown every page would be asked
 * for again, one after the other: then it stands still until the reader comes back to it.
 */
export function whileFirstPage<T>(intervalMs: (rows: readonly T[]) => number) {
  return ({ state: { data } }: ListState<T>): number | false => {
    const pages = data?.pages ?? [];
    return pages.length > 1 ? false : intervalMs(pages[0]?.items ?? []);
  };
}
