import * as v from 'valibot';
import type { Page } from '../paginate.ts';
import { instant, storedObject } from '../stored-schemas.ts';

/** So long a record is kept: a year, and time to look back at it. */
export const AUDIT_KEPT_DAYS = 400;

/** One change that an operator made. It names no user, since it outlives an erased one. */
export const auditRecordSchema = storedObject({
  /** Of the request that made the change. */
  id: v.string(),
  atMs: instant,
  /** The name of the API key. */
  operator: v.string(),
  /** The route by its name in the API document. */
  operation: v.string(),
  /** What was changed: ids by their names, a user by the SHA-256 of their openid. */
  target: v.record(v.string(), v.string()),
  /** The members of the request's body. */
  fields: v.pipe(v.array(v.string()), v.readonly()),
  /** The values of those that are short and say what happened. */
  values: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
});

/** One change that an operator made. */
export type AuditRecord = Readonly<v.InferOutput<typeof auditRecordSchema>>;

/** Which records to list. */
export interface AuditQuery {
  readonly operator?: string;
  readonly operation?: string;
  /** A value that a record's target holds. */
  readonly target?: string;
  readonly fromMs?: number;
  /** Up to that moment, without it. */
  readonly toMs?: number;
}

/** Where the changes are kept that operators made. */
export interface AuditTrail {
  /** Keeps a change that was made now. A repeat leaves one record. */
  append(change: Omit<AuditRecord, 'atMs'>): Promise<void>;
  /** Newest first. A page may be short, or empty, and more follow: only so many are searched at once. */
  list(query: AuditQuery, limit: number, after?: string): Promise<Page<AuditRecord>>;
}

/** Whether a record is one of those that are asked for; its time is not looked at. */
export function isAskedFor(record: AuditRecord, { operator, operation, target }: AuditQuery): boolean {
  if (operator !== undefined && record.operator !== operator) return false;
  if (operation !== undefined && record.operation !== operation) return false;
  return target === undefined || Object.values(record.target).includes(target);
}
