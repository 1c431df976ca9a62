import * as v from 'valibot';

const problem = v.looseObject({
  code: v.string(),
  detail: v.string(),
  errors: v.optional(v.array(v.object({ path: v.string(), message: v.string(), zh: v.string() })), []),
});

const message = v.looseObject({
  id: v.string(),
  to: v.string(),
  templateId: v.string(),
  status: v.string(),
  sendAt: v.string(),
  updatedAt: v.string(),
  attempts: v.number(),
  fitted: v.optional(v.array(v.object({ key: v.string(), from: v.string(), to: v.string() })), []),
  outcome: v.optional(
    v.looseObject({
      at: v.string(),
      errcode: v.optional(v.number()),
      reason: v.string(),
      remedy: v.optional(v.object({ en: v.string(), zh: v.string() })),
    }),
  ),
});

const grant = v.looseObject({
  openid: v.string(),
  templateId: v.string(),
  available: v.nullable(v.number()),
  held: v.number(),
  spent: v.number(),
});

const run = v.looseObject({
  id: v.string(),
  status: v.string(),
  trigger: v.string(),
  recipients: v.number(),
  counts: v.looseObject({ sent: v.number(), delivered: v.number() }),
});

const campaign = v.looseObject({ id: v.string(), nextRunAt: v.optional(v.string()) });

const runRecipient = v.looseObject({
  status: v.string(),
  attempts: v.number(),
  errcode: v.optional(v.number()),
  reason: v.optional(v.string(), ''),
});

/** A message as the service answers it. */
export type Message = v.InferOutput<typeof message>;

/** What the service answered: its status, and either what was asked for or a problem. */
export type Answer<T> =
  | { readonly status: number; readonly value: T; readonly problem?: never }
  | { readonly status: number; readonly problem: v.InferOutput<typeof problem>; readonly value?: never };

/** A caller of the service for one mini program, over HTTP like any other; by default for the service's first. */
export function createServiceClient(apiUrl: string, appId?: string) {
  async function call<S extends v.GenericSchema>(
    schema: S,
    method: string,
    path: string,
    options: { token?: string; body?: unknown; idempotencyKey?: string } = {},
  ): Promise<Answer<v.InferOutput<S>>> {
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: {
        ...(appId !== undefined && { 'x-wechat-appid': appId }),
        ...(options.token && { authorization: `Bearer ${options.token}` }),
        ...(options.body !== undefined && { 'content-type': 'application/json' }),
        ...(options.idempotencyKey && { 'idempotency-key': options.idempotencyKey }),
      },
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) return { status: response.status, problem: v.parse(problem, answer) };
    return { status: response.status, value: v.parse(schema, answer) };
  }

  return {
    logIn: (code: string) =>
      call(v.looseObject({ token: v.string(), openid: v.string() }), 'POST', '/v1/sessions', {
        body: { code },
      }),
    reportGrants: (token: string, body: unknown) =>
      call(v.looseObject({ grants: v.array(grant) }), 'POST', '/v1/grants', { token, body }),
    grantsOf: (token: string, openid: string) =>
      call(v.looseObject({ items: v.array(grant) }), 'GET', `/v1/grants?openid=${openid}`, { token }),
    send: (token: string, body: unknown, idempotencyKey?: string) =>
      call(message, 'POST', '/v1/messages', { token, body, ...(idempotencyKey && { idempotencyKey }) }),
    createCampaign: (token: string, body: unknown) =>
      call(campaign, 'POST', '/v1/campaigns', { token, body }),
    runs: (token: string, campaignId: string) =>
      call(v.looseObject({ items: v.array(run) }), 'GET', `/v1/campaigns/${campaignId}/runs`, { token }),
    runRecipient: (
      token: string,
      { campaignId, runId }: Record<'campaignId' | 'runId', string>,
      openid: string,
    ) =>
      call(runRecipient, 'GET', `/v1/campaigns/${campaignId}/runs/${runId}/recipients/${openid}`, { token }),
    message: (token: string, id: string) => call(message, 'GET', `/v1/messages/${id}`, { token }),
    cancel: (token: string, id: string) => call(message, 'DELETE', `/v1/messages/${id}`, { token }),
  };
}

/** What {@link createServiceClient} makes. */
export type ServiceClient = ReturnType<typeof createServiceClient>;
