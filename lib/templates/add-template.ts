import type { TemplateStore } from './template.ts';
import { TemplateCallError } from './template-call-error.ts';
import type { NewTemplate, TemplateLibrary } from './template-library.ts';

/** What templates are added with. */
export interface AddServices {
  readonly library: Pick<TemplateLibrary, 'add'>;
  readonly store: Pick<TemplateStore, 'get'>;
  readonly sync: () => Promise<unknown>;
}

/** What came of adding a template. In each case the account has it. */
type AddResult =
  | { readonly type: 'added'; readonly templateId: string }
  /** WeChat's list could not be read, or lacks it still: its fields are not known yet. */
  | { readonly type: 'unread'; readonly templateId: string; readonly error?: TemplateCallError };

/** A list that was being read when the template was added may lack it; the next one has it. */
const READINGS = 2;

/**
 * Adds a template to the account and reads the account's list, which alone tells the keys of its fields. One
 * that is known already is not read again. Safe to repeat: WeChat names a template that it has.
 *
 * @throws TemplateCallError when WeChat did not add it
 */
export async function addTemplate(
  { library, store, sync }: AddServices,
  order: NewTemplate,
): Promise<AddResult> {
  const templateId = await library.add(order);
  const isKnown = async () => {
    const template = await store.get(templateId);
    return template !== undefined && template.removedAtMs === undefined;
  };
  try {
    for (let reading = 0; !(await isKnown()); reading++) {
      if (reading === READINGS) return { type: 'unread', templateId };
      await sync();
    }
    return { type: 'added', templateId };
  } catch (error) {
    if (!(error instanceof TemplateCallError)) throw error;
    return { type: 'unread', templateId, error };
  }
}
