import type { TemplateKind } from '../grants/ledger.ts';
import type { DeclaredKinds, Template } from './template.ts';

/** What came of declaring a kind. `contradicted`: WeChat lists the template as another kind for certain. */
export type DeclareResult =
  | { readonly type: 'declared' }
  | { readonly type: 'contradicted'; readonly listed: TemplateKind };

/**
 * Declares the kind of a template in the place of the one that WeChat lists. WeChat lists limited and device
 * templates as long-term (WeChat contract §8.1), so that only those, and kinds that are not known, can be declared.
 */
export async function declareKind(
  store: DeclaredKinds,
  { templateId, kind: listed }: Template,
  kind: TemplateKind,
): Promise<DeclareResult> {
  const isPossible =
    listed === kind || listed === 'unknown' || (listed === 'long-term' && kind !== 'one-time');
  if (!isPossible) return { type: 'contradicted', listed };
  await store.declareKind(templateId, listed === kind ? undefined : kind);
  return { type: 'declared' };
}
