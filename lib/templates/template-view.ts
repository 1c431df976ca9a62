import type { BilingualText } from '../bilingual-text.ts';
import type { TemplateKind } from '../grants/template-kind.ts';
import type { TemplateField } from './template.ts';
import type { ListedTemplate } from './template-warnings.ts';

/** A template as the API shows it. */
export interface TemplateView {
  readonly templateId: string;
  readonly title: string;
  readonly kind: TemplateKind;
  readonly fields: readonly TemplateField[];
  readonly warnings: readonly (BilingualText & { readonly code: string })[];
  /** RFC 3339. */
  readonly syncedAt: string;
}

/** The template with its fields, rules and warnings for a reader outside. */
export function templateView({ template, warnings }: ListedTemplate): TemplateView {
  const { templateId, title, kind, fields, syncedAtMs } = template;
  return { templateId, title, kind, fields, warnings, syncedAt: new Date(syncedAtMs).toISOString() };
}
