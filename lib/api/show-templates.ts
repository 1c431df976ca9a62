import type * as v from 'valibot';
import type { AliasLookup } from '../templates/alias-lookup.ts';
import type { TemplateCatalogue } from '../templates/catalogue.ts';
import { exampleData } from '../templates/example-data.ts';
import { prepareData } from '../templates/prepare-data.ts';
import { templateKindOf } from '../templates/template.ts';
import type { AnswerOf } from './route.ts';
import type { checkBody, checkResult, exampleMessage } from './schemas/templates.ts';
import { warningsOn } from './show-messages.ts';
import { type TemplateView, templateView } from './views.ts';

/** What templates are shown with. */
export interface ShowTemplateServices {
  readonly catalogue: Pick<TemplateCatalogue, 'find' | 'list'>;
  readonly names: Pick<AliasLookup, 'resolveTemplateId' | 'aliasOf'>;
  /** The pages of the mini program, where the settings list them. */
  readonly pages?: readonly string[];
}

/** What stands for an openid and a device in an example: not in their form, so that nobody sends it by mistake. */
const ANY_OPENID = '<openid>';
const ANY_DEVICE = { sn: '<sn>', modelId: '<modelId>' };

/** Every known template, by title. @throws TemplateCallError when none is known and WeChat cannot tell */
export async function allTemplates({
  catalogue,
  names,
}: ShowTemplateServices): Promise<readonly TemplateView[]> {
  const listed = await catalogue.list();
  return Promise.all(
    listed.map(async (each) => templateView(each, await names.aliasOf(each.template.templateId))),
  );
}

/** A template by its id or alias, also one that WeChat no longer lists. @throws TemplateCallError */
export async function findTemplate(
  services: ShowTemplateServices,
  idOrAlias: string,
): Promise<TemplateView | undefined> {
  const templateId = await services.names.resolveTemplateId(idOrAlias);
  return (await allTemplates(services)).find((view) => view.templateId === templateId);
}

/** Whether data could be sent; undefined when WeChat lists no such template. @throws TemplateCallError */
export async function answerDataCheck(
  services: ShowTemplateServices,
  idOrAlias: string,
  { data, page, fit, timezone }: v.InferOutput<typeof checkBody>,
): Promise<AnswerOf<typeof checkResult> | undefined> {
  const { template, alias } = await named(services, idOrAlias);
  if (!template) return undefined;
  const prepared = prepareData(template, data, {
    fit,
    ...(timezone !== undefined && { timeZone: timezone }),
  });
  const about = {
    templateId: template.templateId,
    ...(alias !== undefined && { templateAlias: alias }),
    warnings: warningsOn(services.pages, page, prepared.data),
  };
  if (prepared.type === 'invalid') return { ...about, valid: false, problems: prepared.problems };
  const { data: texts, fitted } = prepared;
  return { ...about, valid: true, data: texts, ...(page !== undefined && { page }), fitted };
}

/** A message ready to be sent; undefined for a template that is not listed. @throws TemplateCallError */
export async function exampleOf(
  services: ShowTemplateServices,
  idOrAlias: string,
  openid = ANY_OPENID,
): Promise<AnswerOf<typeof exampleMessage> | undefined> {
  const { template, alias } = await named(services, idOrAlias);
  if (!template) return undefined;
  const templateId = alias ?? template.templateId;
  const isOfDevices = templateKindOf(template) === 'device';
  return {
    to: openid,
    templateId,
    ...(isOfDevices && { device: ANY_DEVICE }),
    data: exampleData(template),
    miniprogramState: 'formal',
    lang: 'zh_CN',
  };
}

/** The template that WeChat lists by this id or alias, as it is stored. */
export async function listedTemplate(services: ShowTemplateServices, idOrAlias: string) {
  return (await named(services, idOrAlias)).template;
}

async function named({ catalogue, names }: ShowTemplateServices, idOrAlias: string) {
  const template = await catalogue.find(await names.resolveTemplateId(idOrAlias));
  return template ? { template, alias: await names.aliasOf(template.templateId) } : {};
}
