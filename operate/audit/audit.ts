import type { Clock } from '../../lib/clock.ts';
import type { Table } from '../../lib/dynamodb/table.ts';
import { type AuditedCampaigns, auditUser, type Finding } from './audit-user.ts';
import { type CampaignSends, readCampaignSends } from './campaign-sends.ts';
import { readUser, scanUsers, type UserRecords } from './user-records.ts';

/** Something found about a user, or an item that cannot be read. */
export type UserFinding = { readonly appId: string; readonly openid: string } & (
  | Finding
  | { readonly level: 'drift'; readonly rule: 'unreadable'; readonly problem: string }
  /** The records changed faster than they could be read; their next audit says more. */
  | { readonly level: 'note'; readonly rule: 'not-at-rest' }
);

/** How much was audited and what was found. */
export interface AuditSummary {
  readonly users: number;
  readonly messages: number;
  readonly drift: number;
  readonly notes: number;
}

/** What to audit, and who is told of it. */
export interface AuditOptions {
  readonly table: Pick<Table, 'client' | 'name'>;
  /** Every mini program in the table when left out. */
  readonly appId?: string;
  /** Parts of the table that are read at the same time. */
  readonly segments: number;
  readonly overdueMs: number;
  readonly clock: Clock;
  readonly found: (finding: UserFinding) => void;
  readonly audited: (soFar: AuditSummary) => void;
}

/** Audits every user in the table, reading only. */
export async function audit(options: AuditOptions): Promise<AuditSummary> {
  const sum = { users: 0, messages: 0, drift: 0, notes: 0 };
  const campaigns = createCampaignsByApp(options);
  function tell(finding: UserFinding): void {
    if (finding.level === 'drift') sum.drift += 1;
    else sum.notes += 1;
    options.found(finding);
  }
  async function auditSegment(segment: number): Promise<void> {
    for await (const records of scanUsers(options.table, { ...options, segment })) {
      sum.users += 1;
      sum.messages += records.messages.length;
      const sends = await campaigns.of(records.appId);
      for (const finding of await findingsOf(options, records, sends)) tell(finding);
      options.audited(sum);
    }
  }
  await Promise.all(Array.from({ length: options.segments }, (_, segment) => auditSegment(segment)));
  for (const [appId, sends] of await campaigns.all()) {
    for (const problem of sends.unreadable()) {
      tell({ appId, openid: '-', level: 'drift', rule: 'unreadable', problem });
    }
  }
  return sum;
}

/** The campaign sends of each mini program, read when its first user comes by. */
function createCampaignsByApp({ table, clock }: AuditOptions) {
  const read = new Map<string, Promise<CampaignSends>>();
  return {
    of(appId: string): Promise<CampaignSends> {
      const sends = read.get(appId) ?? readCampaignSends({ ...table, appId }, clock);
      read.set(appId, sends);
      return sends;
    },
    all: () => Promise.all([...read].map(async ([appId, sends]) => [appId, await sends] as const)),
  };
}

/**
 * A scan may see a user's records half written, and runs go on meanwhile: what looks like drift is judged by a second, exact reading,
 * and by a third one that knows of the latest runs.
 */
async function findingsOf(
  options: AuditOptions,
  scanned: UserRecords,
  sends: CampaignSends,
): Promise<readonly UserFinding[]> {
  const { appId, openid } = scanned;
  const roughly = sends.roughlyOf(scanned.ledger);
  let findings = roughly && judge(options, scanned, roughly);
  for (const anew of [false, true]) {
    if (findings && !findings.some(({ level }) => level === 'drift')) break;
    const exact = await readUser({ ...options.table, appId }, openid, (ledger) =>
      sends.exactlyOf(ledger, { anew }),
    );
    findings = exact
      ? judge(options, exact, exact.more)
      : [{ appId, openid, level: 'note', rule: 'not-at-rest' }];
  }
  return findings ?? [];
}

/** Where an item cannot be read the rest proves nothing, so only that is told. */
function judge(
  { clock, overdueMs }: AuditOptions,
  { appId, openid, ledger, messages, unreadable }: UserRecords,
  campaigns: AuditedCampaigns,
): readonly UserFinding[] {
  const whose = { appId, openid };
  if (unreadable.length > 0) {
    return unreadable.map((problem) => ({ ...whose, level: 'drift', rule: 'unreadable', problem }));
  }
  const moment = { nowMs: clock(), overdueMs };
  return auditUser(ledger, messages, campaigns, moment).map((finding) => ({ ...whose, ...finding }));
}
