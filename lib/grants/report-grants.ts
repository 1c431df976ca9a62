import type { Clock } from '../clock.ts';
import { type Contention, retryOnConflict } from '../retry.ts';
import { updated } from '../versioned.ts';
import type { GrantStore } from './grant-store.ts';
import {
  grantsOf,
  grantsOrNone,
  isAccept,
  knownKind,
  type Ledger,
  type TemplateGrants,
  type TemplateKind,
  withGrants,
} from './ledger.ts';
import { countReport, NONE_RECENT } from './recent-grants.ts';

export interface ReportServices extends Contention {
  readonly store: Pick<GrantStore, 'loadLedger' | 'countedOf' | 'commitCounted'>;
  readonly authority: GrantAuthority;
  /** Whether any sync has found the account's templates: until then no id can be told from an invented one. */
  readonly isCatalogueSynced: () => Promise<boolean>;
  readonly clock: Clock;
}

/**
 * More templates than any mini program may have. Without it a user could make their own item grow without
 * end.
 */
export const MAX_TEMPLATES_PER_USER = 100;

/**
 * More templates than a mini program adds between two syncs; ids that nobody ever had cannot fill a record.
 */
const MAX_UNSYNCED_TEMPLATES_PER_USER = 10;

/** More popups than anybody answers in a day; each report leaves a mark in the table. */
export const MAX_REPORTS_PER_DAY = 300;

const DAY_MS = 24 * 60 * 60_000;

/** The ledger after a report. One that was counted before changes nothing and is no error. */
export type ReportResult =
  | { readonly type: 'counted' | 'counted-before'; readonly ledger: Ledger }
  | { readonly type: 'too-many-templates' }
  | { readonly type: 'too-many-reports'; readonly retryAfterMs: number };

/**
 * Counts what a user answered in the subscribe panel, once for each request id. `kinds` holds the templates
 * that a sync found. Others are counted too, because the mini program may have got them since; beyond {@link
 * MAX_UNSYNCED_TEMPLATES_PER_USER} they are ignored.
 */
export function reportGrants(
  { store, authority, isCatalogueSynced, clock, ...contention }: ReportServices,
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
    const nowMs = clock();
    const day = Math.floor(nowMs / DAY_MS);
    const { reports } = stored.value;
    const count = reports?.day === day ? reports.count + 1 : 1;
    if (count > MAX_REPORTS_PER_DAY) {
      return { type: 'too-many-reports', retryAfterMs: (day + 1) * DAY_MS - nowMs };
    }
    const plausible = withoutInvented(stored.value, report.results, kinds);
    const isAll = Object.keys(plausible).length === Object.keys(report.results).length;
    const results = isAll || (await isCatalogueSynced()) ? plausible : report.results;
    const counted = recordReport(stored.value, { ...report, results }, { authority, kindOf, nowMs });
    if (Object.keys(counted.templates).length > MAX_TEMPLATES_PER_USER) return { type: 'too-many-templates' };
    const ledger = { ...counted, reports: { day, count } };
    const newTemplateIds = Object.keys(results).filter((templateId) => !grantsOf(stored.value, templateId));
    const result = await store.commitCounted(updated(stored, ledger), [mark], newTemplateIds);
    return result === 'conflict' ? result : { type: 'counted', ledger };
  }, contention);
}

/** The answers without those for ids that no sync found, once the user has answers for many of those. */
function withoutInvented(
  { templates }: Ledger,
  results: GrantReport['results'],
  kinds: ReadonlyMap<string, TemplateKind>,
): GrantReport['results'] {
  const isUnsynced = (templateId: string) => !kinds.has(templateId) && !Object.hasOwn(templates, templateId);
  let left = MAX_UNSYNCED_TEMPLATES_PER_USER;
  for (const { kind } of Object.values(templates)) if (kind === 'unknown') left -= 1;
  return Object.fromEntries(
    Object.entries(results).filter(([templateId]) => !isUnsynced(templateId) || left-- > 0),
  );
}

/** Who decides what counts as a grant: the client, completed by WeChat's events, or WeChat's events alone. */
export type GrantAuthority = 'client' | 'events';

/** What the user answered in the subscribe panel, template by template. */
export interface GrantReport {
  readonly results: Readonly<Record<string, string>>;
  /** Templates whose answer came without a popup ("always keep"). */
  readonly silent: readonly string[];
}

/** How a report is counted. */
export interface ReportRules {
  readonly authority: GrantAuthority;
  readonly kindOf: (templateId: string) => TemplateKind;
  readonly nowMs: number;
}

/**
 * The ledger after the user's answer: one more grant for each accepted template, unless WeChat reported the
 * same tap before or its events alone count. Counting a report once is the caller's part.
 */
export function recordReport(ledger: Ledger, report: GrantReport, rules: ReportRules): Ledger {
  return Object.entries(report.results).reduce((current, [templateId, status]) => {
    const before = grantsOrNone(current, templateId);
    const silent = report.silent.includes(templateId);
    return withGrants(current, templateId, {
      ...before,
      ...counted(before, status, silent, rules),
      kind: knownKind(rules.kindOf(templateId), before.kind),
      subscribed: isAccept(status) || (before.subscribed && status !== 'reject'),
      lastStatus: status,
      silentReject: status === 'reject' && silent,
      updatedAtMs: rules.nowMs,
    });
  }, ledger);
}

function counted(
  before: TemplateGrants,
  status: string,
  silent: boolean,
  { authority, nowMs }: ReportRules,
): Partial<TemplateGrants> {
  if (!isAccept(status)) return {};
  const { recent, isNew } = countReport(before.recent ?? NONE_RECENT, nowMs, { silent });
  if (!isNew) return { recent };
  if (authority === 'events') return {};
  return { recent, granted: before.granted + 1, available: before.available + 1 };
}
