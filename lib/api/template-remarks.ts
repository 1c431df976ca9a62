import { type MessageWarning, pageWarning } from '../templates/page-path.ts';
import type { TemplateNames } from '../templates/template-names.ts';

/** What remarks are made from. */
export interface RemarkServices {
  readonly names: Pick<TemplateNames, 'aliasOf'>;
  /** The pages of the mini program, where the settings list them. */
  readonly pages?: readonly string[];
}

/** What answers say of a message besides what is stored: its template's alias, and what its owner should look at. */
export interface Remarks {
  readonly templateAlias?: string;
  readonly warnings?: MessageWarning[];
}

/** Remarks on a message, or on a campaign's. */
export async function remarksOn(
  { names, pages }: RemarkServices,
  { templateId, page }: { readonly templateId: string; readonly page?: string },
): Promise<Remarks> {
  const templateAlias = await names.aliasOf(templateId);
  const warning = pageWarning(page, pages);
  return {
    ...(templateAlias !== undefined && { templateAlias }),
    ...(warning && { warnings: [warning] }),
  };
}
