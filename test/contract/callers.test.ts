import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import { PRICE_DROP, startService } from './running-service.ts';

const SCOPES = ['read', 'send', 'manage'] as const;
const keyOf = (scope: string) => `plain-key-with-scope-${scope}`;
const sha256 = (plain: string) => createHash('sha256').update(plain).digest('hex');

const { call, operator, logIn, allow, wechat } = await startService({
  pollers: 0,
  dispatchEverySeconds: 0,
  settings: {
    USER_SENDABLE_TEMPLATES: '*',
    API_KEYS: JSON.stringify([
      ...SCOPES.map((scope) => ({ name: scope, sha256: sha256(keyOf(scope)), scopes: [scope] })),
      { name: 'dev', sha256: sha256(DEV_API_KEY), scopes: SCOPES },
    ]),
  },
});
const T = PRICE_DROP.templateId;

/** A user with a grant and a booked message. */
async function booked() {
  const user = await logIn();
  await allow(wechat, user.openid, T, 2);
  const { body } = await operator('POST', '/v1/messages', { to: user.openid, ...PRICE_DROP });
  return { ...user, id: body.id as string };
}

const { openid, id } = await booked();

/** Every route that asks who is calling, the scope that it needs, and a body that it would take. */
const ROUTES: readonly [method: string, path: string, scope: string, body?: object][] = [
  ['POST', '/v1/grants', 'send', { openid, requestId: 'r', results: { [T]: 'accept' } }],
  ['GET', `/v1/grants?openid=${openid}`, 'read'],
  ['GET', `/v1/grants?templateId=${T}`, 'read'],
  ['POST', '/v1/messages', 'send', { to: openid, ...PRICE_DROP, hold: false }],
  ['POST', '/v1/messages/batch', 'send', { messages: [{ to: openid, ...PRICE_DROP, hold: false }] }],
  ['GET', `/v1/messages?openid=${openid}`, 'read'],
  ['GET', `/v1/messages/${id}`, 'read'],
  ['POST', `/v1/messages/${id}/settle`, 'manage', { status: 'sent' }],
  ['DELETE', `/v1/messages/${id}`, 'send'],
];

describe.each(ROUTES)('%s %s', (method, path, needed, body) => {
  const ask = (token?: string) => call(method, path, { token, ...(body && { body }) });

  test('without a token is 401 missing-token', async () => {
    const { status, body: problem, headers } = await ask();
    expect([status, problem.code]).toEqual([401, 'missing-token']);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  test.each([
    ['made-up', 'made-up-key'],
    ['the stored hash of a key', sha256(DEV_API_KEY)],
    ['a key and more', `${DEV_API_KEY}x`],
  ])('with a bad token (%s) is 401 invalid-token', async (_name, token) => {
    const { status, body: problem } = await ask(token);
    expect([status, problem.code]).toEqual([401, 'invalid-token']);
  });

  test(`needs the scope ${needed}; scopes do not imply one another`, async () => {
    for (const scope of SCOPES.filter((one) => one !== needed)) {
      const { status, body: problem } = await ask(keyOf(scope));
      expect([scope, status, problem.code]).toEqual([scope, 403, 'missing-scope']);
      expect(problem.detail).toContain(`"${needed}"`);
    }
    // Last, because it may change something. Nothing is unknown here, so there is nothing to settle.
    expect([200, 202, 409]).toContain((await ask(keyOf(needed))).status);
  });
});

describe('a mini program acts for its own openid only', async () => {
  const [me, other] = [await booked(), await booked()];
  const as = (method: string, path: string, body?: object) =>
    call(method, path, { token: me.session, ...(body && { body }) });

  test.each<[string, string, object?]>([
    ['GET', `/v1/grants?openid=${other.openid}`],
    ['POST', '/v1/grants', { openid: other.openid, requestId: 'r', results: { [T]: 'accept' } }],
    ['GET', `/v1/messages?openid=${other.openid}`],
    ['GET', `/v1/messages/${other.id}`],
    ['DELETE', `/v1/messages/${other.id}`],
    ['GET', `/v1/messages/msg_${'0'.repeat(32)}_${other.openid}`],
  ])("%s %s is another's: 404", async (method, path, body) => {
    const { status, body: problem } = await as(method, path, body);
    expect([status, problem.code]).toEqual([404, 'not-found']);
  });

  test("whether it is another's or nowhere, the answer is the same", async () => {
    const theirs = await as('GET', `/v1/messages/${other.id}`);
    const nowhere = await as('GET', '/v1/messages/nowhere');
    expect(theirs.body).toEqual(nowhere.body);
  });

  test('it may name itself', async () => {
    expect((await as('GET', `/v1/grants?openid=${me.openid}`)).status).toBe(200);
    expect((await as('GET', `/v1/messages?openid=${me.openid}`)).body.items).toMatchObject([{ id: me.id }]);
    expect((await as('GET', `/v1/messages/${me.id}`)).body.to).toBe(me.openid);
  });

  test('and sends to nobody else, alone or by the batch', async () => {
    const message = { to: other.openid, ...PRICE_DROP };
    expect((await as('POST', '/v1/messages', message)).status).toBe(403);
    expect((await as('POST', '/v1/messages/batch', { messages: [message] })).body.code).toBe('wrong-caller');
    expect((await as('POST', `/v1/messages/${me.id}/settle`, { status: 'sent' })).status).toBe(403);
    expect((await operator('GET', `/v1/messages?openid=${other.openid}`)).body.items).toHaveLength(1);
  });
});

test.each(['/v1/messages', '/v1/grants'])('an operator who names nobody gets 422 from %s', async (path) => {
  const { status, body } = await operator('GET', path);
  expect([status, body.errors[0].path]).toEqual([422, 'openid']);
});
