import * as v from 'valibot';
import { TemplateLookupError } from '../../templates/template-lookup-error.ts';
import { lookupProblem } from '../lookup-problem.ts';
import { decodeCursor, encodeCursor, pageQuery } from '../paging.ts';
import { ProblemError } from '../problem.ts';
import { type Route, route, routeSpec } from '../route.ts';
import { templateId } from '../schemas/ids.ts';
import {
  aliasBody,
  checkBody,
  checkResult,
  exampleMessage,
  exampleQuery,
  syncResult,
  template,
  templatePage,
} from '../schemas/templates.ts';
import type { TemplateApi } from '../template-api.ts';
import type { TemplateView } from '../template-view.ts';
import { templateNotFound } from '../unknown-template.ts';

const idParams = v.object({
  id: v.pipe(templateId, v.description('The id of the template, or its alias.')),
});

const LOOKUP_PROBLEMS = ['wechat-refused', 'wechat-unavailable'] as const;

/** The form of `GET /v1/templates`. */
export const listTemplatesSpec = routeSpec({
  method: 'GET',
  path: '/v1/templates',
  operationId: 'listTemplates',
  summary: "The account's templates with their fields, rules and warnings",
  description:
    'As they were last read from WeChat, by title; those that WeChat no longer lists are among them, with a warning.',
  access: { operator: 'read' },
  query: v.strictObject(pageQuery),
  answers: { 200: { description: 'The templates', schema: templatePage } },
  problems: LOOKUP_PROBLEMS,
});

/** The form of `POST /v1/templates/sync`. */
export const syncTemplatesSpec = routeSpec({
  method: 'POST',
  path: '/v1/templates/sync',
  operationId: 'syncTemplates',
  summary: 'Read the templates from WeChat again',
  description:
    'Happens by itself once a day. Where a template has vanished or got other fields, its campaigns are paused and its booked messages are named in `usedBy`. What was known stays when WeChat cannot be asked or lists nothing.',
  access: { operator: 'manage' },
  answers: { 200: { description: 'All templates, and what is new', schema: syncResult } },
  problems: LOOKUP_PROBLEMS,
});

/** The form of `GET /v1/templates/{id}`. */
export const getTemplateSpec = routeSpec({
  method: 'GET',
  path: '/v1/templates/{id}',
  operationId: 'getTemplate',
  summary: 'A template by its id or alias',
  access: { operator: 'read' },
  params: idParams,
  answers: { 200: { description: 'The template', schema: template } },
  problems: LOOKUP_PROBLEMS,
});

/** The form of `POST /v1/templates/{id}/check`. */
export const checkDataSpec = routeSpec({
  method: 'POST',
  path: '/v1/templates/{id}/check',
  operationId: 'checkData',
  summary: 'Try data against a template without sending',
  description: 'Stores nothing. Every fault is told at once; with `fit`, what would be changed.',
  access: { operator: 'read' },
  params: idParams,
  body: checkBody,
  answers: { 200: { description: 'Whether it could be sent', schema: checkResult } },
  problems: LOOKUP_PROBLEMS,
});

/** The form of `GET /v1/templates/{id}/example`. */
export const getExampleSpec = routeSpec({
  method: 'GET',
  path: '/v1/templates/{id}/example',
  operationId: 'getExample',
  summary: 'A message ready to be sent',
  description: "With WeChat's own sample values: the body of POST /v1/messages.",
  access: { operator: 'read' },
  params: idParams,
  query: exampleQuery,
  answers: { 200: { description: 'The message', schema: exampleMessage } },
  problems: LOOKUP_PROBLEMS,
});

/** The form of `PUT /v1/templates/{id}/alias`. */
export const setAliasSpec = routeSpec({
  method: 'PUT',
  path: '/v1/templates/{id}/alias',
  operationId: 'setAlias',
  summary: 'Give a template a name that stands for its id',
  description:
    'In the place of the name that it had. A name that moves is seen everywhere within five seconds; what is booked already stays with the template that it was booked for.',
  access: { operator: 'manage' },
  params: idParams,
  body: aliasBody,
  answers: { 200: { description: 'The template with its alias', schema: template } },
  problems: ['alias-taken', 'alias-in-settings', 'busy', ...LOOKUP_PROBLEMS],
});

/** The form of `DELETE /v1/templates/{id}/alias`. */
export const removeAliasSpec = routeSpec({
  method: 'DELETE',
  path: '/v1/templates/{id}/alias',
  operationId: 'removeAlias',
  summary: 'Take the name of a template away',
  access: { operator: 'manage' },
  params: idParams,
  answers: { 204: { description: 'It has no alias' } },
  problems: ['alias-in-settings', 'busy'],
});

const place = v.tuple([v.string(), v.string()]);

/** The routes of `/v1/templates`. */
export function templateRoutes(api: TemplateApi): readonly Route[] {
  return [
    route(listTemplatesSpec, async ({ query }) => {
      const after = decodeCursor(place, query.cursor);
      const left = (await asking(api, api.list())).filter((view) => !after || isAfter(view, after));
      const items = left.slice(0, query.limit);
      const last = left.length > items.length ? items.at(-1) : undefined;
      return {
        status: 200,
        body: { items, ...(last && { nextCursor: encodeCursor([last.title, last.templateId]) }) },
      };
    }),

    route(syncTemplatesSpec, async () => ({ status: 200, body: await asking(api, api.sync()) })),

    route(getTemplateSpec, async ({ params }) => ({
      status: 200,
      body: (await asking(api, api.find(params.id))) ?? (await missing(api, params.id)),
    })),

    route(checkDataSpec, async ({ params, body }) => ({
      status: 200,
      body: (await asking(api, api.check(params.id, body))) ?? (await missing(api, params.id)),
    })),

    route(getExampleSpec, async ({ params, query }) => ({
      status: 200,
      body: (await asking(api, api.example(params.id, query.openid))) ?? (await missing(api, params.id)),
    })),

    route(setAliasSpec, async ({ params, body }) => {
      const result = await asking(api, api.setAlias(params.id, body.alias, body.move));
      switch (result.type) {
        case 'set':
          return { status: 200, body: (await api.find(body.alias)) ?? (await missing(api, body.alias)) };
        case 'unknown':
          return missing(api, params.id);
        case 'in-settings':
          throw inSettings();
        case 'taken':
          throw new ProblemError(
            'alias-taken',
            `It stands for ${result.templateId}. Take another name, or send "move": true to take it from there.`,
          );
      }
    }),

    route(removeAliasSpec, async ({ params }) => {
      const result = await api.removeAlias(params.id);
      if (result.type === 'in-settings') throw inSettings();
      return { status: 204 };
    }),
  ];
}

function isAfter({ title, templateId: id }: TemplateView, [lastTitle, lastId]: readonly [string, string]) {
  return title === lastTitle ? id > lastId : title > lastTitle;
}

const LOOKUP_FAILED =
  'The templates could not be read from WeChat. What was known of them stays; try again later.';

/** @throws ProblemError where WeChat was to be asked and could not be */
async function asking<T>(api: TemplateApi, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TemplateLookupError)) throw error;
    throw lookupProblem(error, api.remedyFor, `${LOOKUP_FAILED} ${error.reason}`);
  }
}

/** @throws ProblemError always */
async function missing(api: TemplateApi, named: string): Promise<never> {
  throw templateNotFound(await api.nearestAlias(named));
}

function inSettings(): ProblemError {
  return new ProblemError(
    'alias-in-settings',
    'TEMPLATE_ALIASES names this template or uses this alias. Change it there, or take another alias.',
  );
}
