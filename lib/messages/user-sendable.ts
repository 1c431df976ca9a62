import type { TemplateNames } from '../templates/template-names.ts';

/** Tells which templates users may send to themselves: those that the settings name by id or alias, or all for `*`. */
export function createUserSendable(
  open: '*' | readonly string[],
  { resolveTemplateId }: Pick<TemplateNames, 'resolveTemplateId'>,
): (templateId: string) => Promise<boolean> {
  return async (templateId) => {
    if (open === '*') return true;
    return (await Promise.all(open.map(resolveTemplateId))).includes(templateId);
  };
}
