import { useQuery } from '@tanstack/react-query';
import { answered, api, type Schemas } from '../api/client.ts';

/** A template of the account. */
export type Template = Schemas['Template'];

/** The account's templates, and how to name one. */
export function useTemplates() {
  const query = useQuery({
    queryKey: ['templates'],
    staleTime: 60_000,
    async queryFn() {
      const items: Template[] = [];
      let cursor: string | undefined;
      do {
        const page: Schemas['TemplatePage'] = await answered(
          api.GET('/v1/templates', {
            params: { query: { limit: 200, ...(cursor !== undefined && { cursor }) } },
          }),
        );
        items.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      return items;
    },
  });
  const templates = query.data ?? [];
  const find = (id: string) => templates.find((one) => one.templateId === id || one.alias === id);
  return { query, templates, find, titleOf: (id: string) => find(id)?.title ?? id };
}
