import { expect, test } from 'vitest';
import { createHttpHandler } from '../../../lib/api/http-handler.ts';
import { type MessageRouteServices, messageRoutes } from '../../../lib/api/routes/messages.ts';
import { emptyLedger } from '../../../lib/grants/ledger.ts';
import { apiKey, oneApp, sessionTokens } from '../../support/api-credentials.ts';
import { call } from '../../support/http-events.ts';
import { keptLogs } from '../../support/log-lines.ts';

const asked: unknown[] = [];
const settled = { value: { state: 'sent' }, version: '1' };
const services = {
  names: { resolveTemplateId: async (word: string) => `id-of-${word}` },
  store: {
    load: async () => ({ message: settled, ledger: { value: emptyLedger('o-user'), version: '1' } }),
  },
  undelivered: {
    async list(...args: unknown[]) {
      asked.push(args);
      return { items: [], next: '0001796086800000#msg_1' };
    },
  },
};

const sessions = sessionTokens();
const handler = createHttpHandler(messageRoutes, {
  apps: oneApp(services as unknown as MessageRouteServices),
  credentials: async () => ({
    apiKeys: [apiKey('reader', 'read'), apiKey('sender', 'send'), apiKey('manager', 'manage')],
    sessions,
  }),
  logger: keptLogs().logger,
});
const { token: user } = await sessions.issue('o-user');

const get = (token: string, query: string) => call(handler, { path: '/v1/messages', query, token });

test('operators page through all unknown messages', async () => {
  const first = await get('reader', 'status=unknown&limit=5');
  const second = await get('reader', `status=unknown&cursor=${first.body.nextCursor}`);
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(asked).toEqual([
    [{ state: 'unknown' }, 5, undefined],
    [{ state: 'unknown' }, 50, '0001796086800000#msg_1'],
  ]);
});

test('operators narrow what did not arrive to a template, by its alias too, and to a time', async () => {
  asked.length = 0;
  const time = 'from=2026-12-01T00:00:00Z&to=2026-12-02T08:00:00%2B08:00';
  expect((await get('reader', `status=failed&templateId=price-drop&${time}`)).status).toBe(200);
  const query = {
    state: 'failed',
    templateId: 'id-of-price-drop',
    fromMs: Date.UTC(2026, 11, 1),
    toMs: Date.UTC(2026, 11, 2),
  };
  expect(asked).toEqual([[query, 50, undefined]]);
});

test.each([
  ['no user and no status', ''],
  ['a user and a status', 'openid=o-user&status=failed'],
  ['a user and a template', 'openid=o-user&templateId=price-drop'],
  ['a time alone', 'from=2026-12-01T00:00:00Z'],
  ['a status that messages do not end in', 'status=sent'],
  ['a time that ends before it begins', 'status=failed&from=2026-12-02T00:00:00Z&to=2026-12-01T00:00:00Z'],
])('an operator who names %s is told what to name', async (_, query) => {
  expect(await get('reader', query)).toMatchObject({ status: 422, body: { code: 'invalid-query' } });
});

test("a cursor of a user's list is refused", async () => {
  const cursor = Buffer.from('"msg_1"').toString('base64url');
  const reply = await get('reader', `status=unknown&cursor=${cursor}`);
  expect(reply).toMatchObject({ status: 422, body: { code: 'invalid-query', errors: [{ path: 'cursor' }] } });
});

test.each([
  ['status=unknown', 403, 'wrong-caller'],
  ['templateId=price-drop', 403, 'wrong-caller'],
  ['openid=o-another', 404, 'not-found'],
])('a user who asks for %s gets %i', async (query, status, code) => {
  expect(await get(user, query)).toMatchObject({ status, body: { code } });
});

test.each([
  ['the scope read', 'reader', 'missing-scope'],
  ['the scope send', 'sender', 'missing-scope'],
  ['a session', user, 'wrong-caller'],
])('%s does not settle a message', async (_, token, code) => {
  const parts = { method: 'POST', path: '/v1/messages/msg_1/settle', json: { status: 'sent' }, token };
  expect(await call(handler, parts)).toMatchObject({ status: 403, body: { code } });
});

test.each([
  [{ status: 'unknown' }, 422, 'invalid-body'],
  [{ status: 'sent', note: 'x' }, 422, 'invalid-body'],
  [{ status: 'sent' }, 409, 'not-unknown'],
])('%j of a message whose fate is known is answered with %i', async (json, status, code) => {
  const parts = { method: 'POST', path: '/v1/messages/msg_1/settle', json, token: 'manager' };
  expect(await call(handler, parts)).toMatchObject({ status, body: { code } });
});
