import type { Clock } from '../clock.ts';
import { type Contention, retryOnConflict } from '../retry-on-conflict.ts';
import { updated } from '../versioned.ts';
import type { GrantStore } from './grant-store.ts';
import { grantsOf, type Ledger } from './ledger.ts';
import { type GrantAuthority, type GrantReport, recordReport } from './record-report.ts';
import type { TemplateKind } from './template-kind.ts';

export interface ReportServices extends Contention {
  readonly store: Pick<GrantStore, 'loadLedger' | 'countedOf' | 'commitCounted'>;
  readonly authority: GrantAuthority;
  readonly clock: Clock;
}

/** More templates than any mini program may have; a user cannot make their own record grow without end. */
export const MAX_TEMPLATES_PER_USER = 100;

/** What came of a report. A report that was counted before changes nothing and is no error. */
export type ReportResult =
  | { readonly type: 'counted' | 'counted-before'; readonly ledger: Ledger }
  | { readonly type: 'too-many-templates' };

/** Counts what a user answered in the subscribe panel, once for each request id. */
export function reportGrants(
  { store, authority, clock, ...contention }: ReportServices,
  openid: string,
  requestId: string,
  report: GrantReport,
  kinds: ReadonlyMap<string, TemplateKind>,
): Promise<ReportResult> {
  const mark = `report#${requestId}` as const;
  const kindOf = (templateId: string) => kinds.get(templateId) ?? 'unknown';
  return retryOnConflict(async () => {
    const stored = await store.loadLedger(openid);
    if ((await store.countedOf(openid, [mark])).has(mark)) {
      return { type: 'counted-before', ledger: stored.value };
    }
    const ledger = recordReport(stored.value, report, { authority, kindOf, nowMs: clock() });
    if (Object.keys(ledger.templates).length > MAX_TEMPLATES_PER_USER) return { type: 'too-many-templates' };
    const newTemplateIds = Object.keys(report.results).filter(
      (templateId) => !grantsOf(stored.value, templateId),
    );
    const result = await store.commitCounted(updated(stored, ledger), [mark], newTemplateIds);
    return result === 'conflict' ? result : { type: 'counted', ledger };
  }, contention);
}
