import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { changeMessage } from '../../local/wechat-simulator/events/push-message.ts';
import { SAMPLE_TEMPLATES } from '../../local/wechat-simulator/index.ts';
import { pushRequest } from '../support/pushes.ts';
import { PRICE_DROP, startService } from './running-service.ts';

/*
 * Several mini programs in one stage: the same users, templates, keys and names in each, and nothing of one in another.
 */
const keyOf = (plain: string) => createHash('sha256').update(plain).digest('hex');
let aheadMs = 0;
const { stack, call, operator, apps, addApp } = await startService({
  moreApps: [{ name: '商城', templates: SAMPLE_TEMPLATES }, { templates: SAMPLE_TEMPLATES }],
  clock: () => Date.now() + aheadMs,
  dispatchEverySeconds: 0,
  followChanges: true,
  settings: {
    PUBLISHED_EVENTS: '*',
    API_KEYS: JSON.stringify([
      {
        name: 'of-second',
        sha256: keyOf('second-key'),
        scopes: ['read', 'send', 'manage'],
        appids: ['wx5e1fa0c0ffee0002'],
      },
    ]),
  },
});
const [first, second, third] = apps;
if (!first || !second || !third) throw new Error('The stack has three mini programs.');
const T = PRICE_DROP.templateId;
const APP = 'x-wechat-appid';

/** Calls with the API key that is for the second mini program only. */
const limited = (method: string, path: string, body?: unknown, appid?: string) =>
  call(method, path, {
    token: 'second-key',
    ...(body !== undefined && { body }),
    ...(appid !== undefined && { headers: { [APP]: appid } }),
  });

/** The same user in each mini program, with one grant in each. */
async function everywhere(openid: string) {
  for (const app of apps) {
    await app.logIn(openid);
    await app.allow(app.wechat, openid, T);
  }
}

describe('each call says which mini program it is for', () => {
  test('by the header, else by the session or the API key, else the stage’s first', async () => {
    await second.logIn('o-which');
    await second.allow(second.wechat, 'o-which', T, 2);
    const { session } = await second.logIn('o-which');
    expect((await call('GET', '/v1/grants', { token: session })).body.items).toMatchObject([
      { available: 2 },
    ]);
    expect((await limited('GET', '/v1/grants?openid=o-which')).body.items).toMatchObject([{ available: 2 }]);
    expect((await operator('GET', '/v1/grants?openid=o-which')).body.items).toEqual([]);
    const named = await operator('GET', '/v1/grants?openid=o-which', undefined, { [APP]: second.appId });
    expect(named.body.items).toMatchObject([{ available: 2 }]);
  });

  test('an appid that the stage does not have, or that the key is not for, is 404 unknown-app in the same words', async () => {
    const { session } = await second.logIn('o-words');
    const refusals = [
      await operator('GET', '/v1/apps', undefined, { [APP]: 'wxffffffffffffffff' }),
      await limited('GET', '/v1/apps', undefined, first.appId),
      await limited('GET', '/v1/apps', undefined, 'wxffffffffffffffff'),
      await call('GET', '/v1/grants', { token: session, headers: { [APP]: first.appId } }),
      await call('POST', '/v1/sessions', { body: { code: 'c' }, headers: { [APP]: 'wxffffffffffffffff' } }),
    ];
    for (const { status, body } of refusals) {
      expect([status, body.code]).toEqual([404, 'unknown-app']);
      expect(body).toEqual(refusals[0]?.body);
    }
  });

  test('GET /v1/apps lists those that the key may use, with their states and no secret', async () => {
    const all = await operator('GET', '/v1/apps');
    expect(
      all.body.items
        .slice(0, 3)
        .map(({ appid, name, status }: Record<string, unknown>) => [appid, name, status]),
    ).toEqual([
      [first.appId, undefined, 'ready'],
      [second.appId, '商城', 'ready'],
      [third.appId, undefined, 'ready'],
    ]);
    expect(
      (await limited('GET', '/v1/apps')).body.items.map(({ appid }: { appid: string }) => appid),
    ).toEqual([second.appId]);
    for (const app of apps) expect(JSON.stringify(all.body)).not.toContain(app.wechat.appSecret);
  });
});

describe('nothing of one mini program is seen, counted, sent or paced by another', () => {
  test('grants and messages: the same user and template in each, by lists and by ids', async () => {
    await everywhere('o-same');
    const { body: sent } = await second.operator('POST', '/v1/messages', { to: 'o-same', ...PRICE_DROP });
    expect((await second.ended(sent.id)).status).toBe('sent');
    expect(second.wechat.received({ call: 'send', openid: 'o-same' }).items).toHaveLength(1);
    for (const other of [first, third]) {
      expect(other.wechat.received({ call: 'send', openid: 'o-same' }).items).toEqual([]);
      expect(await other.grantOf('o-same', T)).toMatchObject({ available: 1, spent: 0 });
      expect((await other.operator('GET', '/v1/messages?openid=o-same')).body.items).toEqual([]);
      for (const method of ['GET', 'DELETE'])
        expect((await other.operator(method, `/v1/messages/${sent.id}`)).status).toBe(404);
      const settled = await other.operator('POST', `/v1/messages/${sent.id}/settle`, { status: 'failed' });
      expect(settled.status).toBe(404);
    }
  });

  test('idempotency keys', async () => {
    await everywhere('o-key');
    const ids = new Set();
    for (const app of apps) {
      const order = { to: 'o-key', ...PRICE_DROP };
      const accepted = await app.operator('POST', '/v1/messages', order, { 'idempotency-key': 'k1' });
      expect(accepted.status).toBe(202);
      ids.add(accepted.body.id);
    }
    expect(ids.size).toBe(3);
  });

  test('aliases, campaigns and their runs', async () => {
    await everywhere('o-campaign');
    const campaign = {
      name: '上新',
      templateId: 'price',
      data: PRICE_DROP.data,
      audience: { type: 'grantees' },
    };
    expect((await second.operator('PUT', `/v1/templates/${T}/alias`, { alias: 'price' })).status).toBe(200);
    expect((await first.operator('POST', '/v1/campaigns', campaign)).status).toBe(422);
    const { body: made } = await second.operator('POST', '/v1/campaigns', campaign);
    const { body: run } = await second.operator('POST', `/v1/campaigns/${made.id}/runs`, {});
    await stack.idle();
    const place = `/v1/campaigns/${made.id}`;
    expect((await second.operator('GET', `${place}/runs/${run.id}`)).body.counts.sent).toBeGreaterThan(0);
    for (const other of [first, third]) {
      expect((await other.operator('GET', '/v1/campaigns')).body.items).toEqual([]);
      for (const path of [place, `${place}/runs`, `${place}/runs/${run.id}`])
        expect((await other.operator('GET', path)).status).toBe(404);
      expect(other.wechat.received({ call: 'send', openid: 'o-campaign' }).items).toEqual([]);
    }
  });

  test('statistics, the audit trail and events on the bus, each of which carries the appid', async () => {
    await everywhere('o-count');
    const { body: sent } = await third.operator('POST', '/v1/messages', { to: 'o-count', ...PRICE_DROP });
    await third.ended(sent.id);
    await stack.idle();
    const counted = await Promise.all(
      apps.map(async (app) => {
        const { items } = app.wechat.received({ call: 'send', templateId: T });
        const { body } = await app.operator('GET', `/v1/stats?templateId=${T}`);
        return [items.length, body.items.reduce((sum: number, day: { sent: number }) => sum + day.sent, 0)];
      }),
    );
    for (const [atWeChat, inStatistics] of counted) expect(inStatistics).toBe(atWeChat);
    const told = stack.bus.published().filter(({ detail }) => detail['to'] === 'o-count');
    expect(told.map(({ detail }) => detail['appid'])).toEqual([third.appId]);
    await second.operator('DELETE', '/v1/users/o-audited');
    const trails = await Promise.all(apps.map((app) => app.operator('GET', '/v1/audit')));
    const erasures = trails.map(({ body }) => JSON.stringify(body).split('eraseUser').length - 1);
    expect(erasures).toEqual([0, 1, 0]);
  });

  test('erasing a user in one leaves them in the others', async () => {
    await everywhere('o-erased');
    expect((await second.operator('DELETE', '/v1/users/o-erased')).body).toMatchObject({ templates: 1 });
    expect(await second.grantOf('o-erased', T)).toBeUndefined();
    for (const other of [first, third])
      expect(await other.grantOf('o-erased', T)).toMatchObject({ available: 1 });
  });

  test('what WeChat tells comes in at each one’s own address, and no other’s signature is taken', async () => {
    await everywhere('o-event');
    const parameter = (name: string) => stack.parameters?.get(`/qingniao/local/apps/${second.appId}/${name}`);
    const keys = { token: parameter('push-token') ?? '', aesKey: parameter('push-aes-key') ?? '' };
    const change = {
      openid: 'o-event',
      createTime: Math.floor(Date.now() / 1000) + 1,
      ...changeMessage([T]),
    };
    const { query, text } = pushRequest(change, { ...keys, appId: second.appId, nowMs: Date.now() });
    const push = (address: string) =>
      fetch(`${stack.apiUrl}${address}?${query}`, { method: 'POST', body: text ?? '' });
    for (const address of ['/v1/wechat/events', `/v1/wechat/events/${third.appId}`])
      expect((await push(address)).status).toBe(403);
    expect((await push(`/v1/wechat/events/wxffffffffffffffff`)).status).toBe(404);
    expect((await push(`/v1/wechat/events/${second.appId}`)).status).toBe(200);
    await stack.idle();
    expect(await second.grantOf('o-event', T)).toMatchObject({ available: 0 });
    for (const other of [first, third])
      expect(await other.grantOf('o-event', T)).toMatchObject({ available: 1 });
  });
});

describe('one mini program’s trouble leaves the others untouched', () => {
  test.each([
    ['a wrong AppSecret', 'stable-token', 40125, 'credentials-refused'],
    ['a used-up quota', 'send', 45009, 'sending-stopped'],
  ] as const)('%s', async (_, at, errcode, status) => {
    await everywhere(`o-${errcode}`);
    // Every token has ended, and none is old enough to be swept out of the table meanwhile.
    aheadMs += 2.5 * 3_600_000;
    third.wechat.addFault({ call: at, kind: 'errcode', errcode });
    const order = { to: `o-${errcode}`, ...PRICE_DROP };
    const sent = await Promise.all(apps.map((app) => app.operator('POST', '/v1/messages', order)));
    for (const [index, app] of [first, second].entries())
      expect((await app.ended(sent[index]?.body.id)).status).toBe('sent');
    const statesOfApps = async () =>
      (await operator('GET', '/v1/apps')).body.items.slice(0, 3).map((app: { status: string }) => app.status);
    // The third's message may still be on its way to WeChat.
    await expect.poll(statesOfApps, { timeout: 10_000 }).toEqual(['ready', 'ready', status]);
    expect((await third.read(sent[2]?.body.id)).status).not.toBe('sent');
  });
});

test('an app is added without a new deployment, and takes effect within five minutes', async () => {
  await operator('GET', '/v1/templates');
  const added = addApp({ name: '新店', templates: SAMPLE_TEMPLATES });
  expect((await added.operator('GET', '/v1/templates')).body.code).toBe('unknown-app');
  aheadMs += 5 * 60_000;
  await added.logIn('o-new');
  await added.allow(added.wechat, 'o-new', T);
  const { body } = await added.operator('POST', '/v1/messages', { to: 'o-new', ...PRICE_DROP });
  expect((await added.ended(body.id)).status).toBe('sent');
});

test('while sending is stopped nothing is sent or booked, and what users allow still counts', async () => {
  const path = `/qingniao/local/apps/${second.appId}`;
  await second.logIn('o-stopped');
  stack.parameters?.set(`${path}/settings`, JSON.stringify({ SENDING: 'stopped' }));
  stack.parameters?.delete(`${path}/app-secret`);
  aheadMs += 5 * 60_000;
  await second.allow(second.wechat, 'o-stopped', T);
  expect(await second.grantOf('o-stopped', T)).toMatchObject({ available: 1 });
  const refused = await second.operator('POST', '/v1/messages', { to: 'o-stopped', ...PRICE_DROP });
  expect([refused.status, refused.body.code]).toEqual([409, 'sending-stopped']);
  expect((await second.operator('DELETE', '/v1/users/o-stopped')).status).toBe(200);
});
