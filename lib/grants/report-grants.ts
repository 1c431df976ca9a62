import type { Clock } from '../clock.ts';
import { type Backoff, retryOnConflict } from '../retry.ts';
import { type CountingStore, createCommitCounted } from './commit-counted.ts';
import { type Device, grantKeyOf, grantKeysOf, readGrantKey, templateIdsOf } from './grant-key.ts';
import {
  grantsOrNone,
  isAccept,
  knownKind,
  type Ledger,
  type TemplateGrants,
  type TemplateKind,
  withGrants,
} from './ledger.ts';
import { countReport, NONE_RECENT } from './recent-grants.ts';

interface ReportServices extends Backoff {
  readonly store: CountingStore;
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

/**
 * More subscriptions to devices than a household has. Each send writes the user's item and is billed by its size,
 * of which each takes a fifth of a kilobyte.
 */
export const MAX_DEVICE_GRANTS_PER_USER = 100;

/** More popups than anybody answers in a day; each report leaves a mark in the table. */
export const MAX_REPORTS_PER_DAY = 300;

const DAY_MS = 24 * 60 * 60_000;

/** The ledger after a report. One that was counted before changes nothing and is no error. */
export type ReportResult =
  | { readonly type: 'counted' | 'counted-before'; readonly ledger: Ledger }
  | { readonly type: 'too-many-templates' }
  | { readonly type: 'too-many-devices' }
  /** The report names no device and a template is one for devices, or the other way round. */
  | { readonly type: 'device-missing' | 'not-of-devices' }
  | { readonly type: 'too-many-reports'; readonly retryAfterMs: number };

/**
 * Counts what a user answered in the subscribe panel, once for each request id. `kinds` holds the templates
 * that a sync found. Others are counted too, because the mini program may have got them since; beyond {@link
 * MAX_UNSYNCED_TEMPLATES_PER_USER} they are ignored.
 */
export function reportGrants(
  { store, authority, isCatalogueSynced, clock, ...backoff }: ReportServices,
  openid: string,
  requestId: string,
  report: GrantReport,
  kinds: ReadonlyMap<string, TemplateKind>,
): Promise<ReportResult> {
  const mark = `report#${requestId}` as const;
  const kindOf = (templateId: string) => kinds.get(templateId) ?? 'unknown';
  const misfit = deviceMisfit(report, kindOf);
  if (misfit) return Promise.resolve(misfit);
  const commitCounted = createCommitCounted(store, clock);
  return retryOnConflict(async (): Promise<ReportResult | 'conflict'> => {
    const stored = await store.loadLedger(openid);
    if ((await store.countedOf(stored.value, [mark])).has(mark)) {
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
    if (templateIdsOf(counted).size > MAX_TEMPLATES_PER_USER) return { type: 'too-many-templates' };
    const ledger = withoutOldDevices({ ...counted, reports: { day, count } });
    if (deviceKeysOf(ledger).length > MAX_DEVICE_GRANTS_PER_USER) return { type: 'too-many-devices' };
    const result = await commitCounted(stored, ledger, [mark]);
    return result === 'conflict' ? result : { type: 'counted', ledger };
  }, backoff);
}

/** The answers without those for ids that no sync found, once the user has answers for many of those. */
function withoutInvented(
  { templates }: Ledger,
  results: GrantReport['results'],
  kinds: ReadonlyMap<string, TemplateKind>,
): GrantReport['results'] {
  const known = templateIdsOf({ openid: '', templates });
  const isUnsynced = (templateId: string) => !kinds.has(templateId) && !known.has(templateId);
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
  /** The devices that were asked about, of device templates: the answers are about each of them. */
  readonly devices?: readonly Device[];
}

function deviceMisfit(
  { results, devices }: GrantReport,
  kindOf: ReportRules['kindOf'],
): Extract<ReportResult, { type: 'device-missing' | 'not-of-devices' }> | undefined {
  const kinds = Object.keys(results).map(kindOf);
  if (!devices) return kinds.includes('device') ? { type: 'device-missing' } : undefined;
  const isMisplaced = kinds.some((kind) => kind === 'one-time' || kind === 'limited');
  return isMisplaced ? { type: 'not-of-devices' } : undefined;
}

function deviceKeysOf({ templates }: Ledger): string[] {
  return Object.keys(templates).filter((key) => readGrantKey(key).device !== undefined);
}

/**
 * Subscriptions to devices that are off make room for new ones, the oldest first. One of each template stays: it
 * tells an erasure that the user is in the template's audience.
 */
function withoutOldDevices(ledger: Ledger): Ledger {
  const { templates, claim } = ledger;
  const keys = deviceKeysOf(ledger);
  const isLast = (key: string) => key === grantKeysOf(ledger, readGrantKey(key).templateId).at(-1);
  const off = keys.filter(
    (key) => templates[key]?.subscribed === false && key !== claim?.templateId && !isLast(key),
  );
  const oldestFirst = off.toSorted(
    (one, other) => (templates[one]?.updatedAtMs ?? 0) - (templates[other]?.updatedAtMs ?? 0),
  );
  const dropped = new Set(oldestFirst.slice(0, Math.max(0, keys.length - MAX_DEVICE_GRANTS_PER_USER)));
  if (dropped.size === 0) return ledger;
  return {
    ...ledger,
    templates: Object.fromEntries(Object.entries(templates).filter(([key]) => !dropped.has(key))),
  };
}

interface ReportRules {
  readonly authority: GrantAuthority;
  readonly kindOf: (templateId: string) => TemplateKind;
  readonly nowMs: number;
}

/**
 * The ledger after the user's answer: one more grant for each accepted template, unless WeChat reported the
 * same tap before or its events alone count. Counting a report once is the caller's part.
 */
export function recordReport(ledger: Ledger, report: GrantReport, rules: ReportRules): Ledger {
  const { devices } = report;
  const answers = Object.entries(report.results).flatMap(([templateId, status]) =>
    (devices ?? [undefined]).map((device) => ({ templateId, device, status })),
  );
  return answers.reduce((current, { templateId, device, status }) => {
    const key = grantKeyOf({ templateId, ...(device && { device }) });
    const before = grantsOrNone(current, key);
    const silent = report.silent.includes(templateId);
    return withGrants(current, key, {
      ...before,
      ...(device ? countedOfDevice(before, status) : counted(before, status, silent, rules)),
      kind: device ? 'device' : knownKind(rules.kindOf(templateId), before.kind),
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

/** WeChat's events name no device, so that the report alone counts. */
function countedOfDevice(before: TemplateGrants, status: string): Partial<TemplateGrants> {
  return isAccept(status) ? { granted: before.granted + 1 } : {};
}
