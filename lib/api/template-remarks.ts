import type * as v from 'valibot';
import type { Message } from '../messages/message.ts';
import { dataWarnings } from '../templates/data-warnings.ts';
import { pageWarning } from '../templates/page-path.ts';
import type { TemplateNames } from '../templates/template-names.ts';
import type { messageWarning } from './schemas/messages.ts';

/** What remarks are made from. */
export interface RemarkServices {
  readonly names: Pick<TemplateNames, 'aliasOf'>;
  /** The pages of the mini program, where the settings list them. */
  readonly pages?: readonly string[];
}

/** What answers say of a message besides what is stored: its template's alias, and what its owner should look at. */
export interface Remarks {
  readonly templateAlias?: string;
  readonly warnings?: v.InferOutput<typeof messageWarning>[];
}

/** Remarks on a message, or on what is the same in all messages of a campaign. */
export async function remarksOn(
  { names, pages }: RemarkServices,
  { templateId, page, data }: Pick<Message, 'templateId' | 'page' | 'data'>,
): Promise<Remarks> {
  const templateAlias = await names.aliasOf(templateId);
  const onPage = pageWarning(page, pages);
  const warnings = [...(onPage ? [onPage] : []), ...dataWarnings(data)];
  return {
    ...(templateAlias !== undefined && { templateAlias }),
    ...(warnings.length > 0 && { warnings }),
  };
}
