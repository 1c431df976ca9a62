import type { BilingualText } from '../bilingual-text.ts';
import type { TemplateKind } from '../grants/ledger.ts';
import type { TemplateField, TemplateUse } from '../templates/template.ts';
import type { ListedTemplate } from '../templates/template-warnings.ts';

/** A template as the API shows it. */
export interface TemplateView {
  readonly templateId: string;
  readonly alias?: string;
  readonly title: string;
  readonly kind: TemplateKind;
  readonly fields: readonly TemplateField[];
  readonly warnings: readonly (BilingualText & { readonly code: string })[];
  /** What stands to be sent with it although it is gone or changed; absent for a template in good order. */
  readonly usedBy?: Omit<TemplateUse, 'atMs'>;
  /** RFC 3339. */
  readonly syncedAt: string;
}

/** The template with its fields, rules and warnings for a reader outside. */
export function templateView(
  { template, warnings }: ListedTemplate,
  alias: string | undefined,
): TemplateView {
  const { templateId, title, kind, fields, syncedAtMs, usedBy } = template;
  return {
    templateId,
    ...(alias !== undefined && { alias }),
    title,
    kind,
    fields,
    warnings,
    ...(usedBy && { usedBy: useView(usedBy) }),
    syncedAt: new Date(syncedAtMs).toISOString(),
  };
}

function useView({ atMs: _, ...use }: TemplateUse): Omit<TemplateUse, 'atMs'> {
  return use;
}
