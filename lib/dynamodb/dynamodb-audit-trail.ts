import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  AUDIT_KEPT_DAYS,
  type AuditQuery,
  type AuditRecord,
  type AuditTrail,
  auditRecordSchema,
  isAskedFor,
} from '../audit/audit-trail.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Item } from './items.ts';
import { auditKey, auditPartition, LAST_MOMENT_MS, sortableMoment } from './keys.ts';
import { queryPages } from './queries.ts';
import { type Table, toAttributes } from './table.ts';
import { attributesOf, parseItem, readable } from './versioned-items.ts';

const DAY_SECONDS = 24 * 3600;

/** A change waits no longer than this for its record: the change is made already, and its caller waits. */
const APPEND_WITHIN_MS = 3000;

/** So many records are looked through in one call, and so many calls are made for a page. */
const SEARCHED_AT_ONCE = 500;
const CALLS_PER_PAGE = 4;

/**
 * The audit trail in DynamoDB, one item for each change. A cursor of the list is the sort key of the record
 * that stands there.
 */
export function createAuditTrail(
  table: Table,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): AuditTrail {
  return {
    async append(change) {
      const atMs = clock();
      const expiresAt = Math.ceil(atMs / 1000) + AUDIT_KEPT_DAYS * DAY_SECONDS;
      const item = { ...auditKey(table, atMs, change.id), ...change, atMs, expiresAt };
      await table.client.send(new PutItemCommand({ TableName: table.name, Item: toAttributes(item) }), {
        abortSignal: AbortSignal.timeout(APPEND_WITHIN_MS),
      });
    },

    async list(query, limit, after) {
      const found: { readonly sortKey: string; readonly record: AuditRecord }[] = [];
      let calls = 0;
      for await (const { items, last } of queryPages(table, boundsOf(table, query, after))) {
        found.push(
          ...readable(items, toPlaced, logger).filter(
            ({ sortKey, record }) => sortKey !== after && isAskedFor(record, query),
          ),
        );
        calls += 1;
        if (found.length > limit) break;
        if (last && calls === CALLS_PER_PAGE) return pageOf(found, String(last['sk']));
      }
      const page = found.slice(0, limit);
      return pageOf(page, found.length > limit ? page.at(-1)?.sortKey : undefined);
    },
  };
}

function pageOf(found: readonly { readonly record: AuditRecord }[], next: string | undefined) {
  return { items: found.map(({ record }) => record), ...(next !== undefined && { next }) };
}

function toPlaced(item: Item) {
  return { sortKey: String(item['sk']), record: parseItem(auditRecordSchema, attributesOf(item)) };
}

function boundsOf(table: Table, { fromMs = 0, toMs = LAST_MOMENT_MS }: AuditQuery, after?: string) {
  const end = sortableMoment(toMs);
  return {
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    values: {
      ':pk': auditPartition(table),
      ':from': sortableMoment(fromMs),
      ':to': after !== undefined && after < end ? after : end,
    },
    ScanIndexForward: false,
    ConsistentRead: true,
    Limit: SEARCHED_AT_ONCE,
  };
}
