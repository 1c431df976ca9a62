import * as v from 'valibot';
import type { BilingualText } from '../../bilingual-text.ts';
import { type AddServices, addTemplate } from '../../templates/add-template.ts';
import type { AliasLookup } from '../../templates/alias-lookup.ts';
import {
  type DeleteResult,
  type DeleteTemplateServices,
  deleteTemplate,
} from '../../templates/delete-template.ts';
import { decodeCursor, encodeCursor, pageQuery } from '../paging.ts';
import { ProblemError } from '../problem.ts';
import { describeRoutes, type Route, route } from '../route.ts';
import { templateId } from '../schemas/common.ts';
import { ERROR_MESSAGES } from '../schemas/error-messages.ts';
import * as schemas from '../schemas/template-library.ts';
import { template } from '../schemas/templates.ts';
import { findTemplate, type ShowTemplateServices } from '../show-templates.ts';
import { type FieldsOf, orLibraryProblem, templateNotFound, WECHAT_PROBLEMS } from '../template-problems.ts';

/** The routes that add templates to the account and delete them, as data. */
export const accountTemplateSpecs = describeRoutes({
  addTemplate: {
    route: 'POST /v1/templates',
    summary: 'Add a template of the library to the account',
    description:
      'Of a title and some of its keywords. One that the account has already is answered and not added again (200022), so that a repeat does no harm.',
    access: { operator: 'manage' },
    body: schemas.newTemplateBody,
    answers: { 201: { description: 'The template, as the account has it now', schema: template } },
    problems: WECHAT_PROBLEMS,
  },
  deleteTemplate: {
    route: 'DELETE /v1/templates/{id}',
    summary: 'Delete a template of the account',
    description:
      'At WeChat, and for good: made anew it has another id. Refused while messages wait for it, or while a campaign of it is active or a run is under way. With `force` it is deleted all the same: then messages that wait end `canceled` with the reason `template-deleted` and their grants come back, campaigns end and their runs are stopped. A message that is being sent has its answer first. Where `nextCursor` comes along, messages are left: call again with it until none comes. Its alias is taken away. Deleting twice is no error.',
    access: { operator: 'manage' },
    params: v.object({ id: v.pipe(templateId, v.description('The id of the template, or its alias.')) }),
    query: v.strictObject({
      force: v.optional(
        v.pipe(
          v.picklist(['true', 'false'], ERROR_MESSAGES.oneOfTrueFalse),
          v.description('Whether what needs the template is ended.'),
        ),
        'false',
      ),
      cursor: pageQuery.cursor,
    }),
    answers: { 200: { description: 'It is deleted', schema: schemas.deletedTemplate } },
    problems: ['template-in-use', 'busy', ...WECHAT_PROBLEMS],
  },
});

/** What these routes do their work with. */
export interface AccountTemplateServices extends ShowTemplateServices {
  readonly names: AliasLookup;
  readonly adding: AddServices;
  readonly deleting: DeleteTemplateServices;
  /** What the cursor of a deletion may be. */
  readonly searchCursor: RegExp;
}

const ADD_FIELDS: FieldsOf = new Map([
  [200014, ['invalid-body', 'tid']],
  [200020, ['invalid-body', 'keywordIds']],
  [200021, ['invalid-body', 'sceneDescription']],
]);

/** The routes that add templates to the account and delete them. */
export function accountTemplateRoutes(services: AccountTemplateServices): readonly Route[] {
  const { names } = services;
  return [
    route(accountTemplateSpecs.addTemplate, async ({ body }) => {
      const failed = 'The template was not added, as far as is known. A repeat does no harm.';
      const result = await orLibraryProblem(addTemplate(services.adding, body), failed, ADD_FIELDS);
      const added = result.type === 'added' ? await findTemplate(services, result.templateId) : undefined;
      if (added) return { status: 201, body: added };
      const error = result.type === 'unread' ? result.error : undefined;
      const reason = error?.reason ?? 'It is not listed yet.';
      throw new ProblemError(
        'wechat-unavailable',
        `The template is added as ${result.templateId}, but WeChat's list, which tells its fields, could not be read. ${reason} Send the request again later: it is answered with the template.`,
        { headers: { 'retry-after': '60' }, ...(error?.wechat && { wechat: error.wechat }) },
        error,
      );
    }),

    route(accountTemplateSpecs.deleteTemplate, async ({ params, query }) => {
      const templateId = await names.resolveTemplateId(params.id);
      const after = decodeCursor(v.pipe(v.string(), v.regex(services.searchCursor)), query.cursor);
      const force = query.force === 'true';
      const result = await orLibraryProblem(
        deleteTemplate(services.deleting, { templateId, force, ...(after !== undefined && { after }) }),
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
