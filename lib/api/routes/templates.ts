import * as v from 'valibot';
import type { AliasLookup } from '../../templates/alias-lookup.ts';
import { type AliasServices, removeAlias, setAlias } from '../../templates/aliases.ts';
import type { TemplateSyncResult } from '../../templates/handle-template-changes.ts';
import { type DeclaredKinds, declareKind } from '../../templates/template.ts';
import { decodeCursor, pageQuery, pageReply } from '../paging.ts';
import { inputError, invalidInput, ProblemError } from '../problem.ts';
import { describeRoutes, type Route, route } from '../route.ts';
import { templateId } from '../schemas/common.ts';
import * as schemas from '../schemas/templates.ts';
import {
  allTemplates,
  answerDataCheck,
  exampleOf,
  findTemplate,
  listedTemplate,
  type ShowTemplateServices,
} from '../show-templates.ts';
import { aliasInSettings, orLookupProblem, templateNotFound, WECHAT_PROBLEMS } from '../template-problems.ts';

const idParams = v.object({
  id: v.pipe(templateId, v.description('The id of the template, or its alias.')),
});

/** The routes of `/v1/templates` as data. */
export const templateSpecs = describeRoutes({
  listTemplates: {
    route: 'GET /v1/templates',
    summary: "The account's templates with their fields, rules and warnings",
    description:
      'As they were last read from WeChat, by title; those that WeChat no longer lists are among them, with a warning.',
    access: { operator: 'read' },
    query: v.strictObject(pageQuery),
    answers: { 200: { description: 'The templates', schema: schemas.templatePage } },
    problems: WECHAT_PROBLEMS,
  },
  syncTemplates: {
    route: 'POST /v1/templates/sync',
    summary: 'Read the templates from WeChat again',
    description:
      'Happens by itself once a day. Where a template has vanished or got other fields, its campaigns are paused and its booked messages are named in `usedBy`. What was known stays when WeChat cannot be asked or lists nothing.',
    access: { operator: 'manage' },
    answers: { 200: { description: 'All templates, and what is new', schema: schemas.syncResult } },
    problems: WECHAT_PROBLEMS,
  },
  getTemplate: {
    route: 'GET /v1/templates/{id}',
    summary: 'A template by its id or alias',
    access: { operator: 'read' },
    params: idParams,
    answers: { 200: { description: 'The template', schema: schemas.template } },
    problems: WECHAT_PROBLEMS,
  },
  checkData: {
    route: 'POST /v1/templates/{id}/check',
    summary: 'Try data against a template without sending',
    description: 'Stores nothing. Every fault is told at once; with `fit`, what would be changed.',
    access: { operator: 'read' },
    params: idParams,
    body: schemas.checkBody,
    answers: { 200: { description: 'Whether it could be sent', schema: schemas.checkResult } },
    problems: WECHAT_PROBLEMS,
  },
  getExample: {
    route: 'GET /v1/templates/{id}/example',
    summary: 'A message ready to be sent',
    description: "With WeChat's own sample values: the body of POST /v1/messages.",
    access: { operator: 'read' },
    params: idParams,
    query: schemas.exampleQuery,
    answers: { 200: { description: 'The message', schema: schemas.exampleMessage } },
    problems: WECHAT_PROBLEMS,
  },
  setAlias: {
    route: 'PUT /v1/templates/{id}/alias',
    summary: 'Give a template a name that stands for its id',
    description:
      'In the place of the name that it had. A name that moves is seen everywhere within five seconds; what is booked already stays with the template that it was booked for.',
    access: { operator: 'manage' },
    params: idParams,
    body: schemas.aliasBody,
    answers: { 200: { description: 'The template with its alias', schema: schemas.template } },
    problems: ['alias-taken', 'alias-in-settings', 'busy', ...WECHAT_PROBLEMS],
  },
  declareKind: {
    route: 'PUT /v1/templates/{id}/kind',
    summary: 'Say what WeChat does not tell of a template: that it is frequency-limited, or for devices',
    description:
      'WeChat lists both as long-term. It holds everywhere within five seconds, for what is accepted and reported from then on.',
    access: { operator: 'manage' },
    params: idParams,
    body: schemas.kindBody,
    answers: { 200: { description: 'The template with its kind', schema: schemas.template } },
    problems: WECHAT_PROBLEMS,
  },
  removeAlias: {
    route: 'DELETE /v1/templates/{id}/alias',
    summary: 'Take the name of a template away',
    access: { operator: 'manage' },
    params: idParams,
    answers: { 204: { description: 'It has no alias' } },
    problems: ['alias-in-settings', 'busy'],
  },
});

/** What these routes do their work with. Templates are named by id or alias. */
export interface TemplateRouteServices extends ShowTemplateServices {
  readonly names: AliasLookup;
  readonly naming: AliasServices;
  readonly kinds: DeclaredKinds;
  readonly sync: () => Promise<TemplateSyncResult>;
}

const position = v.tuple([v.string(), v.string()]);

/** The routes of `/v1/templates`. */
export function templateRoutes(services: TemplateRouteServices): readonly Route[] {
  const { names, naming, kinds } = services;

  /** @throws ProblemError where WeChat was to be asked and could not be */
  const asking = <T>(work: Promise<T>) =>
    orLookupProblem(
      work,
      ({ reason }) =>
        `The templates could not be read from WeChat. What was known of them stays; try again later. ${reason}`,
    );

  /** @throws ProblemError `not-found` where there is nothing of this name */
  async function foundAs<T>(word: string, work: Promise<T | undefined>) {
    const body = await asking(work);
    if (body === undefined) throw templateNotFound(await names.nearestAlias(word));
    return { status: 200, body } as const;
  }

  return [
    route(templateSpecs.listTemplates, async ({ query }) => {
      const [title = '', id = ''] = decodeCursor(position, query.cursor) ?? [];
      const left = (await asking(allTemplates(services))).filter((view) =>
        view.title === title ? view.templateId > id : view.title > title,
      );
      const items = left.slice(0, query.limit);
      const last = left.length > items.length ? items.at(-1) : undefined;
      return pageReply(items, last && [last.title, last.templateId]);
    }),

    route(templateSpecs.syncTemplates, async () => {
      const result = await asking(services.sync());
      return { status: 200, body: { ...result, items: await asking(allTemplates(services)) } };
    }),

    route(templateSpecs.getTemplate, ({ params: { id } }) => foundAs(id, findTemplate(services, id))),

    route(templateSpecs.checkData, ({ params: { id }, body }) =>
      foundAs(id, answerDataCheck(services, id, body)),
    ),

    route(templateSpecs.getExample, ({ params: { id }, query }) =>
      foundAs(id, exampleOf(services, id, query.openid)),
    ),

    route(templateSpecs.setAlias, async ({ params: { id }, body: { alias, move } }) => {
      const { templateId } = (await foundAs(id, listedTemplate(services, id))).body;
      const result = await setAlias(naming, { templateId, alias, move });
      names.forget();
      if (result.type === 'set') return foundAs(alias, findTemplate(services, alias));
      if (result.type === 'in-settings') throw aliasInSettings();
      throw new ProblemError(
        'alias-taken',
        `It stands for ${result.templateId}. Take another name, or send "move": true to take it from there.`,
      );
    }),

    route(templateSpecs.declareKind, async ({ params: { id }, body: { kind } }) => {
      const { body: template } = await foundAs(id, listedTemplate(services, id));
      const result = await declareKind(kinds, template, kind);
      if (result.type === 'declared') return foundAs(id, findTemplate(services, id));
      throw invalidInput('invalid-body', [
        inputError('kind', {
          en: `WeChat lists this template as ${result.listed}, which leaves no doubt: its kind stays`,
          zh: `微信明确列出该模板为 ${result.listed}，不能改为其他类型`,
        }),
      ]);
    }),

    route(templateSpecs.removeAlias, async ({ params }) => {
      const result = await removeAlias(naming, await names.resolveTemplateId(params.id));
      names.forget();
      if (result.type === 'in-settings') throw aliasInSettings();
      return { status: 204 };
    }),
  ];
}
