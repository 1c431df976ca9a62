import type { Qingniao, Schemas } from '../../clients/typescript/src/index.ts';
import type { AccountTemplate } from './account-templates.ts';

/** A title of WeChat's library, with the name of its category. */
export type LibraryTitle = Schemas['LibraryTitle'] & { readonly category: string };

/** A keyword of a title. */
export type LibraryKeyword = Schemas['LibraryKeyword'];

/** What was ended when a template was deleted. */
export type Deleted = Omit<Schemas['DeletedTemplate'], 'nextCursor'>;

/** WeChat's library and the account's templates, through the API. Every call throws QingniaoProblem. */
export function libraryOf(service: Qingniao) {
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
      const params = { path: { tid } };
      const known =
        keywords.get(tid) ?? allOf(service.list('/v1/template-library/titles/{tid}/keywords', { params }));
      keywords.set(tid, known);
      return known;
    },
    async add(order: { tid: string; keywordIds: readonly number[]; sceneDescription?: string }) {
      const body = { ...order, keywordIds: [...order.keywordIds] };
      return (await service.POST('/v1/templates', { body })).data;
    },
    async nameIt(id: string, alias: string): Promise<AccountTemplate> {
      const params = { path: { id } };
      return (await service.PUT('/v1/templates/{id}/alias', { params, body: { alias, move: true } })).data;
    },
    async declareKind(id: string, kind: Schemas['DeclaredKind']['kind']): Promise<AccountTemplate> {
      const params = { path: { id } };
      return (await service.PUT('/v1/templates/{id}/kind', { params, body: { kind } })).data;
    },
    /** Reads the templates from WeChat again. */
    async sync() {
      await service.POST('/v1/templates/sync');
    },
    delete: (name: string, force: boolean) => deleteAll(service, name, force),
  };
}

/** See {@link libraryOf}. */
export type Library = ReturnType<typeof libraryOf>;

async function readTitles(service: Qingniao): Promise<readonly LibraryTitle[]> {
  const categories = await allOf(service.list('/v1/template-library/categories'));
  if (categories.length === 0) return [];
  const query = { categoryIds: categories.map(({ categoryId }) => categoryId).join(',') };
  const found = await allOf(service.list('/v1/template-library/titles', { params: { query } }));
  const names = new Map(categories.map(({ categoryId, name }) => [categoryId, name]));
  return found.map((each) => ({ ...each, category: names.get(each.categoryId) ?? each.categoryId }));
}

async function allOf<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Calls again for as long as messages are left to be canceled. */
async function deleteAll(service: Qingniao, name: string, force: boolean): Promise<Deleted> {
  const call = async (id: string, cursor?: string) => {
    const query = {
      force: force ? ('true' as const) : ('false' as const),
      ...(cursor !== undefined && { cursor }),
    };
    return (await service.DELETE('/v1/templates/{id}', { params: { path: { id }, query } })).data;
  };
  const { nextCursor, ...first } = await call(name);
  let result: Deleted = first;
  for (let next = nextCursor; next !== undefined; ) {
    const more = await call(first.templateId, next);
    result = { ...result, canceledMessages: result.canceledMessages + more.canceledMessages };
    next = more.nextCursor;
  }
  return result;
}
