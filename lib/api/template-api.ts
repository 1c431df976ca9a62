import type * as v from 'valibot';
import type { AliasResult } from '../templates/aliases.ts';
import type { TemplateCatalogue } from '../templates/catalogue.ts';
import { dataWarnings } from '../templates/data-warnings.ts';
import { exampleData } from '../templates/example-data.ts';
import type { FieldProblem } from '../templates/field-problem.ts';
import { pageWarning } from '../templates/page-path.ts';
import { type FittedValue, prepareData } from '../templates/prepare-data.ts';
import type { SyncResult } from '../templates/sync-templates.ts';
import type { TemplateNames } from '../templates/template-names.ts';
import type { ListedTemplate } from '../templates/template-warnings.ts';
import type { RemedyFor } from './lookup-problem.ts';
import type { messageWarning } from './schemas/messages.ts';
import { type TemplateView, templateView } from './template-view.ts';

/** Data to be tried against a template. */
export interface CheckRequest {
  readonly data: unknown;
  readonly page?: string;
  readonly fit: boolean;
  readonly timezone?: string;
}

/** What came of trying it. */
export type CheckView = {
  readonly templateId: string;
  readonly templateAlias?: string;
  readonly warnings: readonly v.InferOutput<typeof messageWarning>[];
} & (
  | {
      readonly valid: true;
      readonly data: Readonly<Record<string, string>>;
      readonly page?: string;
      readonly fitted: readonly FittedValue[];
    }
  | { readonly valid: false; readonly problems: readonly FieldProblem[] }
);

/** A message that can be sent as it stands, but for whom it is to. */
export interface ExampleMessage {
  readonly to: string;
  readonly templateId: string;
  readonly data: Readonly<Record<string, string>>;
  readonly miniprogramState: 'formal';
  readonly lang: 'zh_CN';
}

/** What stands for an openid in an example: not in the form of one, so that nobody sends it by mistake. */
const ANY_OPENID = '<openid>';

/** What the template routes can do. Templates are named by id or alias. */
export interface TemplateApi {
  /** All templates that are known, by title. @throws TemplateLookupError when none is and WeChat could not be asked */
  list(): Promise<readonly TemplateView[]>;
  /** Also one that WeChat no longer lists. @throws TemplateLookupError when none is known and WeChat could not be asked */
  find(idOrAlias: string): Promise<TemplateView | undefined>;
  /** @throws TemplateLookupError */
  sync(): Promise<SyncResult & { readonly items: readonly TemplateView[] }>;
  /** undefined when WeChat lists no such template. @throws TemplateLookupError */
  check(idOrAlias: string, request: CheckRequest): Promise<CheckView | undefined>;
  /** undefined when WeChat lists no such template. @throws TemplateLookupError */
  example(idOrAlias: string, openid: string | undefined): Promise<ExampleMessage | undefined>;
  /** @throws TemplateLookupError, ContentionError */
  setAlias(
    idOrAlias: string,
    alias: string,
    move: boolean,
  ): Promise<AliasResult | { readonly type: 'unknown' }>;
  /** @throws ContentionError */
  removeAlias(idOrAlias: string): Promise<Exclude<AliasResult, { type: 'taken' }>>;
  nearestAlias(word: string): Promise<string | undefined>;
  readonly remedyFor: RemedyFor;
}

export interface TemplateApiServices {
  readonly catalogue: TemplateCatalogue;
  readonly names: TemplateNames;
  readonly sync: () => Promise<SyncResult>;
  readonly setAlias: (change: { templateId: string; alias: string; move: boolean }) => Promise<AliasResult>;
  readonly removeAlias: TemplateApi['removeAlias'];
  readonly pages?: readonly string[];
  readonly remedyFor: RemedyFor;
}

/** Joins the rules of templates to the form in which callers see them. */
export function createTemplateApi(services: TemplateApiServices): TemplateApi {
  const { catalogue, names, pages } = services;

  const views = (listed: readonly ListedTemplate[]) =>
    Promise.all(
      listed.map(async (each) => templateView(each, await names.aliasOf(each.template.templateId))),
    );

  async function found(idOrAlias: string) {
    const template = await catalogue.find(await names.resolveTemplateId(idOrAlias));
    return template && { template, alias: await names.aliasOf(template.templateId) };
  }

  return {
    remedyFor: services.remedyFor,
    nearestAlias: names.nearestAlias,

    list: async () => views(await catalogue.list()),

    async find(idOrAlias) {
      const templateId = await names.resolveTemplateId(idOrAlias);
      const listed = (await catalogue.list()).filter(({ template }) => template.templateId === templateId);
      return (await views(listed))[0];
    },

    async sync() {
      const result = await services.sync();
      return { ...result, items: await views(await catalogue.list()) };
    },

    async check(idOrAlias, { data, page, fit, timezone }) {
      const { template, alias } = (await found(idOrAlias)) ?? {};
      if (!template) return undefined;
      const prepared = prepareData(template, data, {
        fit,
        ...(timezone !== undefined && { timeZone: timezone }),
      });
      const onPage = pageWarning(page, pages);
      const about = {
        templateId: template.templateId,
        ...(alias !== undefined && { templateAlias: alias }),
        warnings: [...(onPage ? [onPage] : []), ...dataWarnings(prepared.data)],
      };
      if (prepared.type === 'invalid') return { ...about, valid: false, problems: prepared.problems };
      const { data: texts, fitted } = prepared;
      return { ...about, valid: true, data: texts, ...(page !== undefined && { page }), fitted };
    },

    async example(idOrAlias, openid = ANY_OPENID) {
      const { template, alias } = (await found(idOrAlias)) ?? {};
      if (!template) return undefined;
      const { templateId } = template;
      const data = exampleData(template);
      return { to: openid, templateId: alias ?? templateId, data, miniprogramState: 'formal', lang: 'zh_CN' };
    },

    async setAlias(idOrAlias, alias, move) {
      const { template } = (await found(idOrAlias)) ?? {};
      if (!template) return { type: 'unknown' };
      const result = await services.setAlias({ templateId: template.templateId, alias, move });
      names.forget();
      return result;
    },

    async removeAlias(idOrAlias) {
      const result = await services.removeAlias(await names.resolveTemplateId(idOrAlias));
      names.forget();
      return result;
    },
  };
}
