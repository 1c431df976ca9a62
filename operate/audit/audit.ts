import type { Clock } from '../../lib/clock.ts';
import { type AuditMoment, auditUser, type Finding } from '../../lib/delivery/audit-user.ts';
import type { Table } from '../../lib/table/client.ts';
import { readUser, scanUsers, type UserRecords } from '../../lib/table/user-records.ts';

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
  async function auditSegment(segment: number): Promise<void> {
    for await (const records of scanUsers(options.table, { ...options, segment })) {
      sum.users += 1;
      sum.messages += records.messages.length;
      for (const finding of await findingsOf(options, records)) {
        if (finding.level === 'drift') sum.drift += 1;
        else sum.notes += 1;
        options.found(finding);
      }
      options.audited(sum);
    }
  }
  await Promise.all(Array.from({ length: options.segments }, (_, segment) => auditSegment(segment)));
  return sum;
}

/** A scan may see a user's records half written: what looks like drift is judged by a second, exact reading. */
async function findingsOf(options: AuditOptions, scanned: UserRecords): Promise<readonly UserFinding[]> {
  const { appId, openid } = scanned;
  const findings = judge(scanned, momentOf(options));
  if (!findings.some(({ level }) => level === 'drift')) return findings;
  const exact = await readUser({ ...options.table, appId }, openid);
  return exact ? judge(exact, momentOf(options)) : [{ appId, openid, level: 'note', rule: 'not-at-rest' }];
}

function momentOf({ clock, overdueMs }: AuditOptions): AuditMoment {
  return { nowMs: clock(), overdueMs };
}

/** Where an item cannot be read the rest proves nothing, so only that is told. */
function judge(
  { appId, openid, ledger, messages, unreadable }: UserRecords,
  moment: AuditMoment,
): readonly UserFinding[] {
  const whose = { appId, openid };
  if (unreadable.length > 0) {
    return unreadable.map((problem) => ({ ...whose, level: 'drift', rule: 'unreadable', problem }));
  }
  return auditUser(ledger, messages, moment).map((finding) => ({ ...whose, ...finding }));
}
