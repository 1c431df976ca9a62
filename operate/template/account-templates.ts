import type { Qingniao, Schemas } from '../../clients/typescript/src/index.ts';

/** A template as the API tells it. */
export type AccountTemplate = Schemas['Template'];

/** All templates of the account. @throws QingniaoProblem */
export async function readTemplates(service: Qingniao): Promise<readonly AccountTemplate[]> {
  const templates: AccountTemplate[] = [];
  for await (const template of service.list('/v1/templates')) templates.push(template);
  return templates;
}

/** Whether WeChat has deleted it. */
export function isRemoved({ warnings }: Pick<AccountTemplate, 'warnings'>): boolean {
  return warnings.some(({ code }) => code === 'removed');
}
