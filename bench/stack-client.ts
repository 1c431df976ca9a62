import { randomUUID } from 'node:crypto';
import { createQingniao, type Schemas } from '../clients/typescript/src/index.ts';
import { DEV_API_KEY } from '../local/stack/environment.ts';
import type { Stack } from '../local/stack/stack.ts';
import { DATA, TEMPLATE_ID } from './senders/message.ts';

/** Says nothing. */
export const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What a backend and a mini program do with the service, over a running stack. */
export function stackClient(stack: Stack) {
  const { wechat } = stack;
  if (!wechat) throw new Error('The stack started no simulated WeChat.');
  // A repeat would be measured, too.
  const api = createQingniao({ baseUrl: stack.apiUrl, apiKey: DEV_API_KEY, retryForMs: 0 });
  const results = { [TEMPLATE_ID]: 'accept' } as const;

  const client = {
    api,
    wechat,

    /** A new user's tap at the phone, which the service is not told of. */
    tap(openid = wechat.createUser()): string {
      wechat.subscribe({ openid, results });
      return openid;
    },

    /** A new user opens the mini program, which logs them in. */
    logIn: () => api.POST('/v1/sessions', { body: { code: wechat.login(wechat.createUser()) } }),

    report: (openid: string) =>
      api.POST('/v1/grants', { body: { openid, requestId: randomUUID(), results } }),

    /** A new user who allowed one message. */
    async grantee(): Promise<string> {
      const openid = client.tap();
      await client.report(openid);
      return openid;
    },

    /** Accepts a message, without an idempotency key unless one is given: a key costs a write. Answers its id. */
    async send(
      to: string,
      more: Partial<Schemas['NewMessage']> = {},
      idempotencyKey?: string,
    ): Promise<string> {
      const header = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
      const { data } = await api.POST('/v1/messages', {
        params: { header },
        body: { to, templateId: TEMPLATE_ID, data: DATA, page: 'pages/item?id=1', ...more },
      });
      return data.id;
    },

    /** Makes a campaign to everyone who allowed the template and starts a run of it. */
    async startRun(): Promise<{ campaignId: string; runId: string }> {
      const { data: campaign } = await api.POST('/v1/campaigns', {
        body: { name: 'bench', templateId: TEMPLATE_ID, data: DATA, audience: { type: 'grantees' } },
      });
      const { data: run } = await api.POST('/v1/campaigns/{id}/runs', {
        params: { path: { id: campaign.id } },
        body: {},
      });
      return { campaignId: campaign.id, runId: run.id };
    },
  };
  return client;
}
