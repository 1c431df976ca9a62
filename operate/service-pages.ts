import * as v from 'valibot';
import type { ServiceClient } from './service-client.ts';

const PER_PAGE = 200;

/** The pages of a list that the service answers, with `query` besides. @throws CommandError */
export async function* pagesOf<S extends v.GenericSchema>(
  service: ServiceClient,
  item: S,
  path: string,
  query: Readonly<Record<string, string>> = {},
): AsyncGenerator<readonly v.InferOutput<S>[]> {
  const answer = v.object({ items: v.array(item), nextCursor: v.exactOptional(v.string()) });
  let cursor: string | undefined = '';
  while (cursor !== undefined) {
    const asked = { ...query, limit: String(PER_PAGE), ...(cursor !== '' && { cursor }) };
    const page: { items: v.InferOutput<S>[]; nextCursor?: string } = await service.call(
      answer,
      'GET',
      `${path}?${new URLSearchParams(asked)}`,
    );
    yield page.items;
    cursor = page.nextCursor;
  }
}
