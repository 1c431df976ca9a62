import type { GetPage, List } from './calls.ts';

const MOST_PER_PAGE = 200;

interface ListOptions {
  readonly params?: { readonly query?: object };
}

/** Reads lists page by page, by as many calls as it takes. */
export function listOf(getPage: GetPage): List;
export function listOf(getPage: GetPage): object {
  return async function* list(path: string, init: ListOptions = {}): AsyncGenerator<unknown> {
    let cursor: string | undefined;
    do {
      const query = { limit: MOST_PER_PAGE, ...init.params?.query, ...(cursor !== undefined && { cursor }) };
      const { data } = await getPage(path, { ...init, params: { ...init.params, query } });
      yield* data.items;
      cursor = data.nextCursor;
    } while (cursor !== undefined);
  };
}
