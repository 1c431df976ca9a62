import type { TemplateKind } from '../grants/ledger.ts';
import type { TemplateCatalogue } from '../templates/catalogue.ts';
import type { FieldProblem } from '../templates/field-problem.ts';
import { prepareData } from '../templates/prepare-data.ts';
import type { FittedValue } from '../templates/template.ts';

/** Data as a caller sent it, and the template that it is for. */
export interface ComposeRequest {
  readonly templateId: string;
  readonly data: unknown;
  readonly fit: boolean;
  /** IANA zone in which fitted moments are shown. */
  readonly timeZone?: string;
}

/** What came of putting a caller's data into a template. */
export type ComposeResult =
  | {
      readonly type: 'composed';
      readonly data: Readonly<Record<string, string>>;
      readonly fitted: readonly FittedValue[];
      readonly templateKind: TemplateKind;
    }
  | { readonly type: 'invalid-data'; readonly problems: readonly FieldProblem[] }
  | { readonly type: 'unknown-template' };

/**
 * Checks a caller's data against its template before anything is stored, after fitting it where that is asked
 * for.
 *
 * @throws TemplateLookupError when the template is not known yet and WeChat could not be asked.
 */
export async function composeMessage(
  templates: Pick<TemplateCatalogue, 'find'>,
  request: ComposeRequest,
): Promise<ComposeResult> {
  const template = await templates.find(request.templateId);
  if (!template) return { type: 'unknown-template' };
  const { fit, timeZone } = request;
  const prepared = prepareData(template, request.data, { fit, ...(timeZone !== undefined && { timeZone }) });
  if (prepared.type === 'invalid') return { type: 'invalid-data', problems: prepared.problems };
  return { type: 'composed', data: prepared.data, fitted: prepared.fitted, templateKind: template.kind };
}
