import * as v from 'valibot';
import type { BilingualText } from '../../bilingual-text.ts';
import type { AddResult } from '../../templates/add-template.ts';
import type { DeleteOrder, DeleteResult } from '../../templates/delete-template.ts';
import { listKeywords, listTitles, type TemplateLibrary } from '../../templates/template-library.ts';
import type { TemplateNames } from '../../templates/template-names.ts';
import { decodeCursor, encodeCursor, pageQuery, pageReply } from '../paging.ts';
import { inputError, type ProblemCode, ProblemError } from '../problem.ts';
import { type Route, route, routeSpec } from '../route.ts';
import { templateId } from '../schemas/common.ts';
import { RULES } from '../schemas/rules.ts';
import * as schemas from '../schemas/template-library.ts';
import { template } from '../schemas/templates.ts';
import { findTemplate, type ShowTemplateServices } from '../show-templates.ts';
import { orLookupProblem, type RemedyFor, templateNotFound } from '../template-answers.ts';

const WECHAT_PROBLEMS = ['wechat-refused', 'wechat-unavailable'] as const;

/** The routes of `/v1/template-library`, and those that add and delete templates, as data. */
export const templateLibrarySpecs = {
  categories: routeSpec({
    method: 'GET',
    path: '/v1/template-library/categories',
    operationId: 'listLibraryCategories',
    summary: 'The categories of the account, which decide what templates it may have',
    description: "They are set in WeChat's console. Read from WeChat each time.",
    access: { operator: 'read' },
    query: v.strictObject(pageQuery),
    answers: { 200: { description: 'The categories', schema: schemas.categoryPage } },
    problems: WECHAT_PROBLEMS,
  }),
  titles: routeSpec({
    method: 'GET',
    path: '/v1/template-library/titles',
    operationId: 'listLibraryTitles',
    summary: 'The titles that templates may be made of',
    description: "Those of some of the account's categories, in WeChat's order. Read from WeChat each time.",
    access: { operator: 'read' },
    query: v.strictObject({ categoryIds: schemas.categoryIds, ...pageQuery }),
    answers: { 200: { description: 'The titles', schema: schemas.titlePage } },
    problems: WECHAT_PROBLEMS,
  }),
  keywords: routeSpec({
    method: 'GET',
    path: '/v1/template-library/titles/{tid}/keywords',
    operationId: 'listLibraryKeywords',
    summary: 'The keywords of a title, of which a template shows some',
    access: { operator: 'read' },
    params: v.object({ tid: schemas.tid }),
    query: v.strictObject(pageQuery),
    answers: { 200: { description: 'The keywords', schema: schemas.keywordPage } },
    problems: WECHAT_PROBLEMS,
  }),
  add: routeSpec({
    method: 'POST',
    path: '/v1/templates',
    operationId: 'addTemplate',
    summary: 'Add a template of the library to the account',
    description:
      'Of a title and some of its keywords. One that the account has already is answered and not added again (200022), so that a repeat does no harm.',
    access: { operator: 'manage' },
    body: schemas.newTemplateBody,
    answers: { 201: { description: 'The template, as the account has it now', schema: template } },
    problems: WECHAT_PROBLEMS,
  }),
  delete: routeSpec({
    method: 'DELETE',
    path: '/v1/templates/{id}',
    operationId: 'deleteTemplate',
    summary: 'Delete a template of the account',
    description:
      'At WeChat, and for good: made anew it has another id. Refused while messages wait for it, or while a campaign of it is active or a run is under way. With `force` it is deleted all the same: then messages that wait end `canceled` with the reason `template-deleted` and their grants come back, campaigns end and their runs are stopped. A message that is being sent has its answer first. Where `nextCursor` comes along, messages are left: call again with it until none comes. Its alias is taken away. Deleting twice is no error.',
    access: { operator: 'manage' },
    params: v.object({ id: v.pipe(templateId, v.description('The id of the template, or its alias.')) }),
    query: v.strictObject({
      force: v.optional(
        v.pipe(
          v.picklist(['true', 'false'], RULES.oneOfTrueFalse),
          v.description('Whether what needs the template is ended.'),
        ),
        'false',
      ),
      cursor: pageQuery.cursor,
    }),
    answers: { 200: { description: 'It is deleted', schema: schemas.deletedTemplate } },
    problems: ['template-in-use', 'busy', ...WECHAT_PROBLEMS],
  }),
};

/** What these routes do their work with. */
export interface TemplateLibraryServices extends ShowTemplateServices {
  readonly names: Pick<TemplateNames, 'resolveTemplateId' | 'aliasOf' | 'nearestAlias' | 'forget'>;
  readonly library: Pick<TemplateLibrary, 'categories' | 'titles' | 'keywords'>;
  readonly addTemplate: (order: v.InferOutput<typeof schemas.newTemplateBody>) => Promise<AddResult>;
  readonly deleteTemplate: (order: DeleteOrder) => Promise<DeleteResult>;
  /** What the cursor of a deletion may be. */
  readonly searchPlace: RegExp;
  readonly remedyFor: RemedyFor;
}

const place = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Which part of the request a refusal of WeChat's is about, and as what it is told (WeChat contract §5.3). */
type FieldsOf = ReadonlyMap<number, readonly [code: ProblemCode, path: string]>;

const TITLE_FIELDS: FieldsOf = new Map([
  [200018, ['invalid-query', 'categoryIds']],
  [200019, ['invalid-query', 'categoryIds']],
]);
const ADD_FIELDS: FieldsOf = new Map([
  [200014, ['invalid-body', 'tid']],
  [200020, ['invalid-body', 'keywordIds']],
  [200021, ['invalid-body', 'sceneDescription']],
]);
const KEYWORD_FIELDS: FieldsOf = new Map([[200014, ['not-found', 'tid']]]);

/** The routes of `/v1/template-library`, and those that add and delete templates. */
export function templateLibraryRoutes(services: TemplateLibraryServices): readonly Route[] {
  const { library, names, remedyFor } = services;

  /** @throws ProblemError where WeChat refused, or could not be asked */
  const asking = <T>(work: Promise<T>, what: string, fields: FieldsOf = new Map()) =>
    orFieldProblem(
      orLookupProblem(work, remedyFor, ({ reason }) => `${what} ${reason}`),
      fields,
    );

  return [
    route(templateLibrarySpecs.categories, async ({ query }) => {
      const all = await asking(library.categories(), 'The categories could not be read from WeChat.');
      return slice(all, query);
    }),

    route(templateLibrarySpecs.titles, async ({ query: { categoryIds, limit, cursor } }) => {
      const start = decodeCursor(place, cursor) ?? 0;
      const { titles, next } = await asking(
        listTitles(library, { categoryIds, start, limit }),
        'The titles could not be read from WeChat.',
        TITLE_FIELDS,
      );
      return pageReply(titles, next);
    }),

    route(templateLibrarySpecs.keywords, async ({ params, query }) => {
      const all = await asking(
        listKeywords(library, params.tid),
        'The keywords could not be read from WeChat.',
        KEYWORD_FIELDS,
      );
      return slice(all, query);
    }),

    route(templateLibrarySpecs.add, async ({ body }) => {
      const failed = 'The template was not added, as far as is known. A repeat does no harm.';
      const result = await asking(services.addTemplate(body), failed, ADD_FIELDS);
      const added = result.type === 'added' ? await findTemplate(services, result.templateId) : undefined;
      if (added) return { status: 201, body: added };
      const { templateId: id, error } = { error: undefined, ...result };
      const reason = error?.reason ?? 'It is not listed yet.';
      throw new ProblemError(
        'wechat-unavailable',
        `The template is added as ${id}, but WeChat's list, which tells its fields, could not be read. ${reason} Send the request again later: it is answered with the template.`,
        { headers: { 'retry-after': '60' }, ...(error?.wechat && { wechat: error.wechat }) },
        error,
      );
    }),

    route(templateLibrarySpecs.delete, async ({ params, query }) => {
      const templateId = await names.resolveTemplateId(params.id);
      const after = decodeCursor(v.pipe(v.string(), v.regex(services.searchPlace)), query.cursor);
      const force = query.force === 'true';
      const result = await asking(
        services.deleteTemplate({ templateId, force, ...(after !== undefined && { after }) }),
        'The template was not deleted, as far as is known. A repeat does no harm.',
      );
      names.forget();
      if (result.type === 'not-found') throw templateNotFound(await names.nearestAlias(params.id));
      if (result.type === 'in-use') throw inUse(result);
      const { messages: canceledMessages, campaigns: endedCampaigns, next } = result;
      const nextCursor = next && encodeCursor(next);
      const body = { templateId, canceledMessages, endedCampaigns, ...(nextCursor && { nextCursor }) };
      return { status: 200, body };
    }),
  ];
}

/** A page of a list that WeChat gives whole. */
function slice<T>(all: readonly T[], { limit, cursor }: { limit: number; cursor?: string | undefined }) {
  const start = decodeCursor(place, cursor) ?? 0;
  const end = start + limit;
  return pageReply(all.slice(start, end), end < all.length ? end : undefined);
}

/** Tells a refusal of WeChat's that is about one part of the request as a fault of that part. */
async function orFieldProblem<T>(work: Promise<T>, fields: FieldsOf): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { wechat, remedy } = error.extras;
    const [code, path] = (wechat && fields.get(wechat.errcode)) ?? [];
    if (!code || !path || !wechat || !remedy) throw error;
    const errors = [inputError(path, remedy)];
    throw new ProblemError(code, `WeChat refused ${path}. ${remedy.en}`, { errors, wechat, remedy });
  }
}

/** How many messages and campaigns are named. */
const NAMED = 5;

function inUse({ isSure, messageIds, campaigns }: Extract<DeleteResult, { type: 'in-use' }>): ProblemError {
  if (!isSure) {
    return new ProblemError(
      'template-in-use',
      'So many users have answered for it that there was no time to see whether messages wait for all of them. With ?force=true it is deleted, and what waits is canceled.',
      { remedy: UNSURE_REMEDY },
    );
  }
  const parts = [
    messageIds.length > 0 && `at least ${messageIds.length} waiting messages: ${listed(messageIds)}`,
    campaigns.length > 0 && `campaigns: ${listed(campaigns.map(({ id, name }) => `${name} (${id})`))}`,
  ];
  return new ProblemError('template-in-use', `It is needed by ${parts.filter(Boolean).join('; and by ')}.`);
}

const UNSURE_REMEDY: BilingualText = {
  en: 'Look with GET /v1/stats whether the template is still in use; then repeat the request with ?force=true.',
  zh: '请用 GET /v1/stats 查看该模板是否仍在使用，然后加上 ?force=true 重试。',
};

function listed(all: readonly string[]): string {
  const more = all.length - NAMED;
  return all.slice(0, NAMED).join(', ') + (more > 0 ? `, and ${more} more` : '');
}
