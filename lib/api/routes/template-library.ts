import * as v from 'valibot';
import { listKeywords, listTitles, type TemplateLibrary } from '../../templates/template-library.ts';
import { decodeCursor, pageQuery, pageReply } from '../paging.ts';
import { describeRoutes, type Route, route } from '../route.ts';
import * as schemas from '../schemas/template-library.ts';
import { type FieldsOf, orLibraryProblem, WECHAT_PROBLEMS } from '../template-problems.ts';

/** The routes of `/v1/template-library` as data. */
export const templateLibrarySpecs = describeRoutes({
  listLibraryCategories: {
    route: 'GET /v1/template-library/categories',
    summary: 'The categories of the account, which decide what templates it may have',
    description: "They are set in WeChat's console. Read from WeChat each time.",
    access: { operator: 'read' },
    query: v.strictObject(pageQuery),
    answers: { 200: { description: 'The categories', schema: schemas.categoryPage } },
    problems: WECHAT_PROBLEMS,
  },
  listLibraryTitles: {
    route: 'GET /v1/template-library/titles',
    summary: 'The titles that templates may be made of',
    description: "Those of some of the account's categories, in WeChat's order. Read from WeChat each time.",
    access: { operator: 'read' },
    query: v.strictObject({ categoryIds: schemas.categoryIds, ...pageQuery }),
    answers: { 200: { description: 'The titles', schema: schemas.titlePage } },
    problems: WECHAT_PROBLEMS,
  },
  listLibraryKeywords: {
    route: 'GET /v1/template-library/titles/{tid}/keywords',
    summary: 'The keywords of a title, of which a template shows some',
    access: { operator: 'read' },
    params: v.object({ tid: schemas.tid }),
    query: v.strictObject(pageQuery),
    answers: { 200: { description: 'The keywords', schema: schemas.keywordPage } },
    problems: WECHAT_PROBLEMS,
  },
});

/** What these routes do their work with. */
export interface TemplateLibraryServices {
  readonly library: Pick<TemplateLibrary, 'categories' | 'titles' | 'keywords'>;
}

const startCursor = v.pipe(v.number(), v.integer(), v.minValue(0));

const TITLE_FIELDS: FieldsOf = new Map([
  [200018, ['invalid-query', 'categoryIds']],
  [200019, ['invalid-query', 'categoryIds']],
]);
const KEYWORD_FIELDS: FieldsOf = new Map([[200014, ['not-found', 'tid']]]);

/** The routes of `/v1/template-library`. */
export function templateLibraryRoutes({ library }: TemplateLibraryServices): readonly Route[] {
  const asking = <T>(work: Promise<T>, what: string, fields?: FieldsOf) =>
    orLibraryProblem(work, `The ${what} could not be read from WeChat.`, fields);

  return [
    route(templateLibrarySpecs.listLibraryCategories, async ({ query }) => {
      const all = await asking(library.categories(), 'categories');
      return slice(all, query);
    }),

    route(templateLibrarySpecs.listLibraryTitles, async ({ query: { categoryIds, limit, cursor } }) => {
      const start = decodeCursor(startCursor, cursor) ?? 0;
      const { titles, next } = await asking(
        listTitles(library, { categoryIds, start, limit }),
        'titles',
        TITLE_FIELDS,
      );
      return pageReply(titles, next);
    }),

    route(templateLibrarySpecs.listLibraryKeywords, async ({ params, query }) => {
      const all = await asking(listKeywords(library, params.tid), 'keywords', KEYWORD_FIELDS);
      return slice(all, query);
    }),
  ];
}

/** A page of a list that WeChat gives whole. */
function slice<T>(all: readonly T[], { limit, cursor }: { limit: number; cursor?: string | undefined }) {
  const start = decodeCursor(startCursor, cursor) ?? 0;
  const end = start + limit;
  return pageReply(all.slice(start, end), end < all.length ? end : undefined);
}
