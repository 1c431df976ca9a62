import * as v from 'valibot';
import type { ServiceClient } from '../service-client.ts';

const bilingual = v.object({ en: v.string(), zh: v.string() });

/** A template in an answer of the API. */
export const accountTemplate = v.object({
  templateId: v.string(),
  alias: v.exactOptional(v.string()),
  title: v.string(),
  kind: v.string(),
  fields: v.array(
    v.object({
      key: v.string(),
      label: v.string(),
      example: v.string(),
      rule: bilingual,
      values: v.exactOptional(v.array(v.string())),
    }),
  ),
  warnings: v.array(v.object({ code: v.string(), ...bilingual.entries })),
});

/** A template as the API tells it, as far as the commands look. */
export type AccountTemplate = v.InferOutput<typeof accountTemplate>;

const page = v.object({ items: v.array(accountTemplate), nextCursor: v.exactOptional(v.string()) });

/** All templates of the account. @throws CommandError */
export async function readTemplates(service: ServiceClient): Promise<readonly AccountTemplate[]> {
  const templates: AccountTemplate[] = [];
  let path: string | undefined = '/v1/templates?limit=200';
  while (path !== undefined) {
    const { items, nextCursor }: v.InferOutput<typeof page> = await service.call(page, 'GET', path);
    templates.push(...items);
    path = nextCursor && `/v1/templates?limit=200&cursor=${encodeURIComponent(nextCursor)}`;
  }
  return templates;
}

/** Whether WeChat has deleted it. */
export function isRemoved({ warnings }: AccountTemplate): boolean {
  return warnings.some(({ code }) => code === 'removed');
}
