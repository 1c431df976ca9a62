import * as v from 'valibot';
import type { AuditRecord, AuditTrail } from '../../audit/audit-trail.ts';
import { stemOf } from '../../messages/message.ts';
import { openidDigest } from '../audit-change.ts';
import { decodeCursor, pageOf, pageQuery, pageReply } from '../paging.ts';
import { type AnswerOf, describeRoutes, type Route, route } from '../route.ts';
import { instant, openid, rfc3339, toRfc3339 } from '../schemas/common.ts';

/** A change that an operator made, as callers see it. */
export const auditRecord = v.object({
  id: v.pipe(v.string(), v.description('Of the request, as its answer had it in `x-request-id`.')),
  at: rfc3339,
  operator: v.pipe(v.string(), v.description('The name of the API key.')),
  operation: v.pipe(v.string(), v.description('The operation by its name in this document.')),
  target: v.pipe(
    v.record(v.string(), v.string()),
    v.description(
      'What was changed: `campaignId`, `runId`, `templateId`, `messageId` (without its user), `openidSha256`.',
    ),
  ),
  fields: v.pipe(v.array(v.string()), v.description('The members of the request.')),
  values: v.pipe(
    v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
    v.description('Those of them that say in short what happened, such as `status` and `alias`.'),
  ),
});

/** A page of the audit trail. */
export const auditPage = pageOf(auditRecord);

/** The routes of `/v1/audit` as data. */
export const auditSpecs = describeRoutes({
  listAudit: {
    route: 'GET /v1/audit',
    summary: 'Who changed what, newest first',
    description:
      'What was changed by the scope `manage`: campaigns, runs, templates, aliases, settled messages, erased users. Kept for 400 days. Users are told by a digest only. A page may hold fewer than `limit`, or none, and still have a `nextCursor`.',
    access: { operator: 'read' },
    query: v.strictObject({
      ...pageQuery,
      operator: v.exactOptional(v.pipe(v.string(), v.description('Only by the API key of this name.'))),
      operation: v.exactOptional(v.pipe(v.string(), v.description('Only this operation: `stopRun`.'))),
      target: v.exactOptional(
        v.pipe(v.string(), v.description('Only of the campaign, run, template or message with this id.')),
      ),
      openid: v.exactOptional(v.pipe(openid, v.description('Only of this user.'))),
      from: v.exactOptional(instant('Only from this moment on.')),
      to: v.exactOptional(instant('Only before this moment.')),
    }),
    answers: { 200: { description: 'The changes', schema: auditPage } },
  },
});

const position = v.pipe(v.string(), v.regex(/^\d{16}#/), v.maxLength(512));

/** The route of `/v1/audit`. */
export function auditRoutes({ trail }: { readonly trail: Pick<AuditTrail, 'list'> }): readonly Route[] {
  return [
    route(
      auditSpecs.listAudit,
      async ({ query: { limit, cursor, from, to, openid: user, target, ...query } }) => {
        const named = user === undefined ? target && stemOf(target) : openidDigest(user);
        const asked = {
          ...query,
          ...(named !== undefined && { target: named }),
          ...(from !== undefined && { fromMs: from }),
          ...(to !== undefined && { toMs: to }),
        };
        const { items, next } = await trail.list(asked, limit, decodeCursor(position, cursor));
        return pageReply(items.map(auditView), next);
      },
    ),
  ];
}

function auditView({
  id,
  atMs,
  operator,
  operation,
  target,
  fields,
  values,
}: AuditRecord): AnswerOf<typeof auditRecord> {
  return { id, at: toRfc3339(atMs), operator, operation, target, fields, values };
}
