import type { TemplateKind } from '../grants/template-kind.ts';
import type { TemplateStore } from './template.ts';

/** Kinds of templates that have been read from WeChat before; what a user answered is no reason to ask it. */
export async function knownKinds(
  templates: Pick<TemplateStore, 'get'>,
  templateIds: readonly string[],
): Promise<ReadonlyMap<string, TemplateKind>> {
  const found = await Promise.all(templateIds.map((id) => templates.get(id)));
  return new Map(found.flatMap((template) => (template ? [[template.templateId, template.kind]] : [])));
}
