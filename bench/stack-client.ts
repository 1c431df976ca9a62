import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { DEV_API_KEY } from '../local/stack/environment.ts';
import type { Stack } from '../local/stack/stack.ts';
import { DATA, TEMPLATE_ID } from './senders/message.ts';

/** Says nothing. */
export const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };

const withId = v.object({ id: v.string() });

/** What a backend and a mini program do with the service, over a running stack. */
export function stackClient(stack: Stack) {
  const { wechat } = stack;
  if (!wechat) throw new Error('The stack started no simulated WeChat.');
  const results = { [TEMPLATE_ID]: 'accept' } as const;

  async function post<Schema extends v.GenericSchema>(
    schema: Schema,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<v.InferOutput<Schema>> {
    const response = await fetch(stack.apiUrl + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${DEV_API_KEY}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${text}`);
    return v.parse(schema, text === '' ? undefined : JSON.parse(text));
  }

  const client = {
    post,
    wechat,

    /** A new user's tap at the phone, which the service is not told of. */
    tap(openid = wechat.createUser()): string {
      wechat.subscribe({ openid, results });
      return openid;
    },

    /** A new user opens the mini program, which logs them in. */
    logIn: () => post(v.unknown(), '/v1/sessions', { code: wechat.login(wechat.createUser()) }),

    report: (openid: string) => post(v.unknown(), '/v1/grants', { openid, requestId: randomUUID(), results }),

    /** A new user who allowed one message. */
    async grantee(): Promise<string> {
      const openid = client.tap();
      await client.report(openid);
      return openid;
    },

    /** Accepts a message. Answers its id. */
    async send(
      to: string,
      more: object = {},
      headers: Readonly<Record<string, string>> = {},
    ): Promise<string> {
      const body = { to, templateId: TEMPLATE_ID, data: DATA, page: 'pages/item?id=1', ...more };
      return (await post(withId, '/v1/messages', body, headers)).id;
    },

    /** Makes a campaign to everyone who allowed the template and starts a run of it. */
    async startRun(): Promise<{ campaignId: string; runId: string }> {
      const { id: campaignId } = await post(withId, '/v1/campaigns', {
        name: 'bench',
        templateId: TEMPLATE_ID,
        data: DATA,
        audience: { type: 'grantees' },
      });
      const { id: runId } = await post(withId, `/v1/campaigns/${campaignId}/runs`, {});
      return { campaignId, runId };
    },
  };
  return client;
}
