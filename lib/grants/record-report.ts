import { grantsOf, type Ledger, type TemplateGrants, withGrants } from './ledger.ts';
import type { TemplateKind } from './template-kind.ts';

/** What the user answered in the subscribe panel, template by template. */
export interface GrantReport {
  readonly results: Readonly<Record<string, string>>;
  /** Templates whose answer came without a popup ("always keep"). */
  readonly silent: readonly string[];
}

const NOTHING_YET: Omit<TemplateGrants, 'kind' | 'lastStatus' | 'updatedAtMs'> = {
  granted: 0,
  available: 0,
  held: 0,
  subscribed: false,
  epoch: 0,
  silentReject: false,
};

/** Every status that begins with `accept` adds one grant; all others add none and take none away (WeChat contract §7.1). */
function isAccept(status: string): boolean {
  return status.startsWith('accept');
}

/** The ledger after the user's answer: one more grant for each accepted template. Counting a report once is the caller's part. */
export function recordReport(
  ledger: Ledger,
  report: GrantReport,
  kindOf: (templateId: string) => TemplateKind,
  nowMs: number,
): Ledger {
  return Object.entries(report.results).reduce((current, [templateId, status]) => {
    const before = grantsOf(current, templateId) ?? { ...NOTHING_YET, kind: 'unknown' };
    const added = isAccept(status) ? 1 : 0;
    return withGrants(current, templateId, {
      ...before,
      kind: knownKind(kindOf(templateId), before.kind),
      granted: before.granted + added,
      available: before.available + added,
      subscribed: isAccept(status) || (before.subscribed && status !== 'reject'),
      lastStatus: status,
      silentReject: status === 'reject' && report.silent.includes(templateId),
      updatedAtMs: nowMs,
    });
  }, ledger);
}

/** A kind once learnt is not forgotten because WeChat could not be asked this time. */
export function knownKind(latest: TemplateKind, before: TemplateKind): TemplateKind {
  return latest === 'unknown' ? before : latest;
}
