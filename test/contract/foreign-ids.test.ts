import { createHash, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { routeSpecs } from '../../lib/api/routes/index.ts';
import { SAMPLE_TEMPLATES } from '../../local/wechat-simulator/index.ts';
import { PRICE_DROP, quietNow, type Reply, startService } from './running-service.ts';

/*
 * The ids and cursors of one mini program's things, tried in another that has the same users and templates: by a key for all,
 * by a key for the other, and by the other's user. Nothing is found, and nothing of the one is changed.
 */
const FIRST = 'wxf1125700c0ffee01';
const LIMITED = 'key-of-the-first';
const sha256 = createHash('sha256').update(LIMITED).digest('hex');
const OPENID = 'o-in-both';
const T = PRICE_DROP.templateId;
/** The second mini program only has this one. */
const [sample] = SAMPLE_TEMPLATES;
if (!sample) throw new Error('There is a sample template.');
const OWN = { ...sample, templateId: 'only-in-the-second_tE9CDYBcyTOwDwpqLykpxlM' };

const { stack, call, operator, apps } = await startService({
  appId: FIRST,
  moreApps: [{ templates: [...SAMPLE_TEMPLATES, OWN] }],
  dispatchEverySeconds: 0,
  settings: {
    USER_SENDABLE_TEMPLATES: '*',
    API_KEYS: JSON.stringify([
      { name: 'limited', sha256, scopes: ['read', 'send', 'manage'], appids: [FIRST] },
    ]),
  },
});
const [first, second] = apps;
if (!first || !second) throw new Error('The stack has two mini programs.');

const ids: Record<string, string> = { openid: OPENID, templateId: OWN.templateId, alias: 'only-here' };
let session = '';

beforeAll(async () => {
  session = (await first.logIn(OPENID)).session;
  await second.logIn(OPENID);
  await second.logIn('o-another');
  await second.allow(second.wechat, OPENID, T, 4);
  await second.allow(second.wechat, 'o-another', T);
  await second.operator('POST', '/v1/templates/sync');
  await second.operator('PUT', `/v1/templates/${OWN.templateId}/alias`, { alias: ids['alias'] });
  const make = async (path: string, body: unknown) => {
    const { status, body: made } = await second.operator('POST', path, body);
    if (status >= 300) throw new Error(`${path}: ${JSON.stringify(made)}`);
    return String(made.id);
  };
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  ids['messageId'] = await make('/v1/messages', { to: OPENID, ...PRICE_DROP, sendAt });
  ids['anotherId'] = await make('/v1/messages', { to: OPENID, ...PRICE_DROP, sendAt });
  const audience = { type: 'recipients', recipients: [{ openid: OPENID }] };
  const campaign = { name: 'same in both', ...PRICE_DROP, audience, quietHours: quietNow() };
  ids['campaignId'] = await make('/v1/campaigns', campaign);
  ids['anotherCampaignId'] = await make('/v1/campaigns', campaign);
  ids['runId'] = await make(`/v1/campaigns/${ids['campaignId']}/runs`, {});
  ids['anotherRunId'] = await make(`/v1/campaigns/${ids['campaignId']}/runs`, { dryRun: true });
  ids['code'] = second.wechat.cardCode({ openid: OPENID, notifyType: 1005 });
  const content = { cur_status: 2, queue_number: 'A1', current_number: 'A1', wxa_path_query: '' };
  ids['cardId'] = await make('/v1/cards', { to: OPENID, notifyType: 1005, code: ids['code'], content });
  await stack.idle();
  await vi.waitFor(
    async () => {
      const { body } = await second.operator('GET', `/v1/cards/${ids['cardId']}`);
      expect(body).toMatchObject({ status: 'active', changing: false });
    },
    { timeout: 10_000 },
  );
});

/** With the id of a thing of the second mini program for each `{name}`. */
const filled = (path: string) => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? name);

/** What reads or changes one thing by its id, as the second mini program's owner would. */
const BY_ID: readonly (readonly [operation: string, method: string, path: string, body?: unknown])[] = [
  ['getMessage', 'GET', '/v1/messages/{messageId}'],
  ['cancelMessage', 'DELETE', '/v1/messages/{messageId}'],
  ['settleMessage', 'POST', '/v1/messages/{messageId}/settle', { status: 'failed' }],
  ['getCard', 'GET', '/v1/cards/{cardId}'],
  ['changeCard', 'PATCH', '/v1/cards/{cardId}', { content: { cur_status: 2, queue_number: 'A1' } }],
  ['getCampaign', 'GET', '/v1/campaigns/{campaignId}'],
  ['changeCampaign', 'PATCH', '/v1/campaigns/{campaignId}', { status: 'paused' }],
  ['deleteCampaign', 'DELETE', '/v1/campaigns/{campaignId}'],
  ['addRecipients', 'POST', '/v1/campaigns/{campaignId}/recipients', { recipients: [{ openid: 'o-new' }] }],
  ['startRun', 'POST', '/v1/campaigns/{campaignId}/runs', {}],
  ['listRuns', 'GET', '/v1/campaigns/{campaignId}/runs'],
  ['getRun', 'GET', '/v1/campaigns/{campaignId}/runs/{runId}'],
  ['listRunRecipients', 'GET', '/v1/campaigns/{campaignId}/runs/{runId}/recipients'],
  ['getRunRecipient', 'GET', '/v1/campaigns/{campaignId}/runs/{runId}/recipients/{openid}'],
  ['pauseRun', 'POST', '/v1/campaigns/{campaignId}/runs/{runId}/pause'],
  ['resumeRun', 'POST', '/v1/campaigns/{campaignId}/runs/{runId}/resume'],
  ['stopRun', 'POST', '/v1/campaigns/{campaignId}/runs/{runId}/stop'],
  ['resendFailed', 'POST', '/v1/campaigns/{campaignId}/runs/{runId}/resend-failed'],
  ['getTemplate', 'GET', '/v1/templates/{templateId}'],
  ['getTemplate', 'GET', '/v1/templates/{alias}'],
  ['checkData', 'POST', '/v1/templates/{alias}/check', { data: {} }],
  ['getExample', 'GET', '/v1/templates/{alias}/example'],
  ['setAlias', 'PUT', '/v1/templates/{templateId}/alias', { alias: 'mine' }],
  ['removeAlias', 'DELETE', '/v1/templates/{templateId}/alias'],
  ['declareKind', 'PUT', '/v1/templates/{templateId}/kind', { kind: 'limited' }],
  ['deleteTemplate', 'DELETE', '/v1/templates/{templateId}'],
];
/** Whose id is a user's, who may be in any mini program, or the public library's, or the appid of a callback. */
const NOT_OF_ONE = ['eraseUser', 'listLibraryKeywords', 'verifyCallbackOfApp', 'receiveEventOfApp'];

/** Lists about something that only the second mini program has. */
const LISTS = [
  '/v1/grants?openid={openid}',
  `/v1/grants?templateId=${T}`,
  '/v1/messages?openid={openid}',
  '/v1/cards?openid={openid}',
  '/v1/campaigns',
  '/v1/audit',
  `/v1/stats?templateId=${T}`,
];

test('every route that takes an id is tried here', () => {
  const withId = routeSpecs.filter(({ path }) => path.includes('{')).map(({ operationId }) => operationId);
  expect([...new Set([...BY_ID.map(([name]) => name), ...NOT_OF_ONE])].toSorted()).toEqual(withId.toSorted());
});

/** What the owner of the second mini program sees of all its things. */
async function standing() {
  const paths = [
    ...BY_ID.filter(([, method]) => method === 'GET').map(([, , path]) => path),
    ...LISTS.filter((path) => path !== '/v1/audit'),
  ];
  const replies = await Promise.all(paths.map((path) => second?.operator('GET', filled(path))));
  return replies.map((reply) => [reply?.status, reply?.body]);
}

describe('an id of one mini program', () => {
  test('finds and changes nothing in another, whoever asks', async () => {
    const before = await standing();
    expect(before.map(([status]) => status)).toEqual(before.map(() => 200));
    for (const [operation, method, path, body] of BY_ID) {
      const by = (token: string) =>
        call(method, filled(path), { token, ...(body !== undefined && { body }) });
      const { status, body: answered } = await operator(method, filled(path), body);
      // An alias of whatever is not there is removed already.
      expect([operation, status]).toEqual([operation, operation === 'removeAlias' ? 204 : 404]);
      expect(await by(LIMITED), operation).toMatchObject({ status, body: answered });
    }
    expect(await standing()).toEqual(before);
  });

  test('is told by no list of another', async () => {
    for (const path of LISTS)
      for (const token of [LIMITED, 'dev-key']) {
        const { status, body } = await call('GET', filled(path), { token });
        expect([path, status]).toEqual([path, 200]);
        const told = JSON.stringify(body);
        for (const name of ['messageId', 'campaignId', 'runId', 'cardId'])
          expect(told, path).not.toContain(ids[name]);
        if (path.includes('?')) expect(body.items, path).toEqual([]);
      }
  });

  test('is not found by the same user of another', async () => {
    const asUser = (method: string, path: string) => call(method, filled(path), { token: session });
    expect((await asUser('GET', '/v1/grants')).body.items).toEqual([]);
    expect((await asUser('GET', '/v1/messages')).body.items).toEqual([]);
    for (const method of ['GET', 'DELETE'])
      expect((await asUser(method, filled('/v1/messages/{messageId}'))).status).toBe(404);
  });

  test('cannot be sent to: its template, alias and card code are another’s', async () => {
    for (const templateId of ['{templateId}', '{alias}'].map(filled)) {
      const order = { to: OPENID, templateId, data: PRICE_DROP.data };
      expect((await operator('POST', '/v1/messages', order)).status).toBe(422);
      const { body } = await operator('POST', '/v1/messages/batch', { messages: [order] });
      expect(body.items).toMatchObject([{ problem: { status: 422 } }]);
    }
    const { body } = await operator('POST', '/v1/messages', { to: OPENID, ...PRICE_DROP });
    expect(body.code).toBe('no-grant');
  });

  test('does not come with a key that is not for it, on any route', async () => {
    for (const { method, path, access } of routeSpecs) {
      if (access.operator === undefined) continue;
      const headers = { 'x-wechat-appid': second.appId };
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} };
      const reply = await call(method, filled(path), { token: LIMITED, headers, ...body });
      expect([method, path, reply.status, reply.body.code]).toEqual([method, path, 404, 'unknown-app']);
    }
  });
});

describe('a cursor of one mini program', () => {
  const PAGED = [
    `/v1/grants?templateId=${T}&limit=1`,
    '/v1/messages?openid={openid}&limit=1',
    '/v1/campaigns?limit=1',
    '/v1/campaigns/{campaignId}/runs?limit=1',
    '/v1/audit?limit=1',
    '/v1/templates?limit=1',
  ];
  test.each(PAGED)('tells nothing of it in another: %s', async (path) => {
    const { body } = await second.operator('GET', filled(path));
    expect(body.nextCursor).toBeDefined();
    const reply: Reply = await operator('GET', `${filled(path)}&cursor=${body.nextCursor}`);
    const told = JSON.stringify(reply.body);
    for (const id of Object.values(ids).filter((one) => one !== OPENID)) expect(told).not.toContain(id);
  });
});

test('a user who is erased in one mini program keeps all in the other', async () => {
  const before = await standing();
  expect((await operator('DELETE', `/v1/users/${OPENID}`)).status).toBe(200);
  expect(await standing()).toEqual(before);
});

test('a report with the same requestId counts once in each mini program', async () => {
  const requestId = randomUUID();
  const report = { openid: 'o-tap', requestId, results: { [T]: 'accept' } };
  for (const app of apps) for (const _ of [1, 2]) await app.operator('POST', '/v1/grants', report);
  for (const app of apps) expect(await app.grantOf('o-tap', T)).toMatchObject({ available: 1 });
});
