import type { Clock } from '../clock.ts';
import { type Contention, untilUncontended } from '../contention.ts';
import { changed } from '../stored.ts';
import type { GrantStore } from './grant-store.ts';
import { grantsOf, type Ledger } from './ledger.ts';
import { type GrantReport, recordReport } from './record-report.ts';
import type { TemplateKind } from './template-kind.ts';

/** What counting a report needs from outside. */
export interface ReportServices extends Contention {
  readonly store: GrantStore;
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
  { store, clock, ...contention }: ReportServices,
  openid: string,
  requestId: string,
  report: GrantReport,
  kinds: ReadonlyMap<string, TemplateKind>,
): Promise<ReportResult> {
  return untilUncontended(async () => {
    const stored = await store.loadLedger(openid);
    if (await store.isReported(openid, requestId)) return { type: 'counted-before', ledger: stored.value };
    const ledger = recordReport(
      stored.value,
      report,
      (templateId) => kinds.get(templateId) ?? 'unknown',
      clock(),
    );
    if (Object.keys(ledger.templates).length > MAX_TEMPLATES_PER_USER) return { type: 'too-many-templates' };
    const newTemplateIds = Object.keys(report.results).filter(
      (templateId) => !grantsOf(stored.value, templateId),
    );
    const result = await store.commitReport(changed(stored, ledger), requestId, newTemplateIds);
    return result === 'conflict' ? result : { type: 'counted', ledger };
  }, contention);
}
