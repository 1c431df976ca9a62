import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { AuditRecord } from '../audit/audit-trail.ts';
import { openidOf, stemOf } from '../messages/message.ts';
import type { HttpContext, HttpEvent } from './http-request.ts';
import type { RouteSpec } from './route.ts';

type Params = Readonly<Record<string, string>>;

/** Whether a route changes something by the scope `manage`: campaigns, runs, templates, messages, users. */
export function isKept({ method, access }: Pick<RouteSpec, 'method' | 'access'>): boolean {
  return method !== 'GET' && access.operator === 'manage';
}

/** The change that a request made, as the audit trail keeps it. */
export function auditedChange(
  event: HttpEvent,
  { authorized, reply }: HttpContext,
): Omit<AuditRecord, 'atMs'> | undefined {
  if (authorized?.caller.type !== 'operator') return undefined;
  const { spec } = authorized.route;
  const body = v.is(bodySchema, event.body) ? event.body : {};
  return {
    id: event.requestContext.requestId,
    operator: authorized.caller.keyName,
    operation: spec.operationId,
    target: { ...targetOf(spec.path, authorized.params), ...createdBy(spec.path, reply) },
    fields: Object.keys(body),
    values: valuesIn({ ...event.queryStringParameters, ...body }),
  };
}

/** What the ids of a path are of, by the part before them. */
const ID_NAMES: Params = { campaigns: 'campaignId', templates: 'templateId', messages: 'messageId' };

function targetOf(path: string, { id, openid, ...params }: Params): Params {
  const name = ID_NAMES[path.split('/')[2] ?? ''] ?? 'id';
  const user = openid ?? (id === undefined ? undefined : openidOf(id));
  return {
    ...(id !== undefined && { [name]: name === 'messageId' ? stemOf(id) : id }),
    ...params,
    ...(user !== undefined && { openidSha256: openidDigest(user) }),
  };
}

/** A record outlives an erased user, so that it holds a digest only: enough to tell whether it was this user. */
export function openidDigest(openid: string): string {
  return createHash('sha256').update(openid).digest('hex');
}

/** What a request makes, by the last part of its path. */
const MADE_NAMES: Params = {
  campaigns: 'campaignId',
  templates: 'templateId',
  runs: 'runId',
  'resend-failed': 'newRunId',
};

const made = v.object({ id: v.exactOptional(v.string()), templateId: v.exactOptional(v.string()) });

function createdBy(path: string, reply: HttpContext['reply']): Params {
  const name = MADE_NAMES[path.split('/').at(-1) ?? ''];
  if (name === undefined || !v.is(made, reply)) return {};
  const id = reply.id ?? reply.templateId;
  return id === undefined ? {} : { [name]: id };
}

const bodySchema = v.record(v.string(), v.unknown());

/** Members that say what happened, and hold nothing of a user. */
const TOLD = ['name', 'status', 'alias', 'kind', 'templateId', 'tid', 'dryRun', 'maxPerSecond', 'force'];

const toldValue = v.union([v.pipe(v.string(), v.maxLength(200)), v.number(), v.boolean()]);

function valuesIn(members: Readonly<Record<string, unknown>>): AuditRecord['values'] {
  return Object.fromEntries(
    TOLD.flatMap((name) => {
      const value = members[name];
      return v.is(toldValue, value) ? [[name, value] as const] : [];
    }),
  );
}
