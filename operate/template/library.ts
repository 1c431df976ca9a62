import * as v from 'valibot';
import type { ServiceClient } from '../service-client.ts';
import { accountTemplate } from './account-templates.ts';

const category = v.object({ categoryId: v.string(), name: v.string() });
const title = v.object({ tid: v.string(), title: v.string(), kind: v.string(), categoryId: v.string() });
const keyword = v.object({ keywordId: v.number(), name: v.string(), kind: v.string(), example: v.string() });
const deleted = v.object({
  templateId: v.string(),
  canceledMessages: v.number(),
  endedCampaigns: v.array(v.object({ id: v.string(), name: v.string() })),
  nextCursor: v.exactOptional(v.string()),
});

/** A title of WeChat's library, with the name of its category. */
export type LibraryTitle = v.InferOutput<typeof title> & { readonly category: string };

/** A keyword of a title. */
export type LibraryKeyword = v.InferOutput<typeof keyword>;

/** What was ended when a template was deleted. */
export type Deleted = Omit<v.InferOutput<typeof deleted>, 'nextCursor'>;

/** WeChat's library and the account's templates, through the API. Every call throws CommandError. */
export function libraryOf(service: ServiceClient) {
  let titles: Promise<readonly LibraryTitle[]> | undefined;
  const keywords = new Map<string, Promise<readonly LibraryKeyword[]>>();
  return {
    /** All titles of the account's categories. Read once. */
    titles() {
      titles ??= readTitles(service);
      return titles;
    },
    /** The keywords of a title. Read once. */
    keywordsOf(tid: string) {
      const path = `/v1/template-library/titles/${encodeURIComponent(tid)}/keywords?limit=200`;
      const known = keywords.get(tid) ?? readAll(service, keyword, path);
      keywords.set(tid, known);
      return known;
    },
    add: (order: { tid: string; keywordIds: readonly number[]; sceneDescription?: string }) =>
      service.call(accountTemplate, 'POST', '/v1/templates', order),
    nameIt: (templateId: string, alias: string) =>
      service.call(accountTemplate, 'PUT', `/v1/templates/${templateId}/alias`, { alias, move: true }),
    declareKind: (templateId: string, kind: string) =>
      service.call(accountTemplate, 'PUT', `/v1/templates/${templateId}/kind`, { kind }),
    /** Reads the templates from WeChat again. */
    sync: () => service.call(v.object({}), 'POST', '/v1/templates/sync'),
    delete: (name: string, force: boolean) => deleteAll(service, name, force),
  };
}

/** See {@link libraryOf}. */
export type Library = ReturnType<typeof libraryOf>;

async function readTitles(service: ServiceClient): Promise<readonly LibraryTitle[]> {
  const categories = await readAll(service, category, '/v1/template-library/categories?limit=200');
  if (categories.length === 0) return [];
  const ids = categories.map(({ categoryId }) => categoryId).join(',');
  const found = await readAll(service, title, `/v1/template-library/titles?limit=200&categoryIds=${ids}`);
  const names = new Map(categories.map(({ categoryId, name }) => [categoryId, name]));
  return found.map((each) => ({ ...each, category: names.get(each.categoryId) ?? each.categoryId }));
}

async function readAll<S extends v.GenericSchema>(
  service: ServiceClient,
  item: S,
  path: string,
): Promise<readonly v.InferOutput<S>[]> {
  const page = v.object({ items: v.array(item), nextCursor: v.exactOptional(v.string()) });
  const all: v.InferOutput<S>[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { items, nextCursor }: v.InferOutput<typeof page> = await service.call(page, 'GET', next);
    all.push(...items);
    next = nextCursor && `${path}&cursor=${encodeURIComponent(nextCursor)}`;
  }
  return all;
}

/** Calls again for as long as messages are left to be canceled. */
async function deleteAll(service: ServiceClient, name: string, force: boolean): Promise<Deleted> {
  const path = `/v1/templates/${encodeURIComponent(name)}?force=${force}`;
  const { nextCursor, ...first } = await service.call(deleted, 'DELETE', path);
  let result: Deleted = first;
  for (let next = nextCursor; next !== undefined; ) {
    const rest = `/v1/templates/${first.templateId}?force=${force}&cursor=${encodeURIComponent(next)}`;
    const more = await service.call(deleted, 'DELETE', rest);
    result = { ...result, canceledMessages: result.canceledMessages + more.canceledMessages };
    next = more.nextCursor;
  }
  return result;
}
