import { expect, test } from 'vitest';
import { GOOD_DATA, NOON, ONE_TIME, OTHER, start, USER } from './support.ts';

test('a user logs in, subscribes and gets a message by the control API alone', async () => {
  const { control, login, send, token } = await start();
  const { body: created } = await control('POST', '/users', { unionid: 'uNew' });
  const [openid] = created['openids'] as string[];
  expect(openid).toMatch(/^o[A-Za-z0-9_-]{27}$/);
  const { body: logged } = await control('POST', '/login', { openid });
  expect((await login(String(logged['code']))).body).toMatchObject({ openid, unionid: 'uNew' });
  const results = { [ONE_TIME.templateId]: 'accept' };
  expect(await control('POST', '/subscribe', { openid, results })).toEqual({
    status: 200,
    body: { errMsg: 'requestSubscribeMessage:ok', ...results },
  });
  expect((await send(await token(), { touser: openid })).errcode).toBe(0);
  expect((await control('GET', `/ledger?openid=${openid}`)).body).toMatchObject({
    items: [{ granted: 1, spent: 1 }],
  });
});

test('many users at once', async () => {
  const { control } = await start();
  const { body } = await control('POST', '/users', { count: 500 });
  expect(new Set(body['openids'] as string[]).size).toBe(500);
  expect(((await control('GET', '/users')).body['items'] as unknown[]).length).toBe(502);
});

test('settings, switches, latency, faults and templates are changed and read', async () => {
  const { control } = await start();
  const off = { openid: USER, mainSwitch: false, templateOff: [ONE_TIME.templateId] };
  const setting = { mainSwitch: false, itemSettings: { [ONE_TIME.templateId]: 'reject' } };
  expect((await control('POST', '/settings', off)).body).toEqual(setting);
  expect((await control('GET', `/settings?openid=${USER}`)).body).toEqual(setting);

  expect((await control('POST', '/switches', { msgid: false })).body).toMatchObject({ msgid: false });
  expect((await control('POST', '/latency', { ms: 5 })).body).toMatchObject({ latencyMs: 5, msgid: false });
  expect((await control('GET', '/switches')).body).toMatchObject({ latencyMs: 5 });

  const fault = { call: 'send', kind: 'hang', times: 2 };
  expect((await control('POST', '/faults', fault)).body).toEqual({ items: [{ ...fault, timesLeft: 2 }] });
  expect((await control('DELETE', '/faults')).body).toEqual({ items: [] });

  const added = { ...ONE_TIME, templateId: 'added' };
  expect((await control('POST', '/templates', { templates: [added] })).body['items']).toContainEqual(added);
  expect((await control('DELETE', '/templates?templateId=added')).body['items']).not.toContainEqual(added);
});

test('reset goes back to the beginning', async () => {
  const { control, wechat, token, get } = await start();
  const access_token = await token();
  wechat.createUser({ openid: 'oNew' });
  wechat.setSwitches({ msgid: false });
  wechat.subscribe({ openid: USER, results: { [ONE_TIME.templateId]: 'accept' } });
  wechat.addFault({ call: 'send', kind: 'hang' });
  expect((await control('POST', '/reset', {})).status).toBe(200);
  expect(wechat.users().map(({ openid }) => openid)).toEqual([USER, OTHER]);
  expect(wechat.switches().msgid).toBe(true);
  expect(wechat.ledger()).toEqual([]);
  expect(wechat.faults()).toEqual([]);
  expect(wechat.received().stats.total).toBe(0);
  expect((await get('/wxaapi/newtmpl/gettemplate', { access_token })).errcode).toBe(40001);
});

test.each([
  ['POST', '/users', { openid: 'has space' }, 'openid'],
  ['POST', '/users', { blocked: 'yes' }, 'blocked'],
  ['POST', '/users', { surplus: 1 }, 'surplus'],
  ['POST', '/login', {}, 'openid'],
  ['POST', '/login', { openid: 'oNobody' }, 'openid'],
  ['POST', '/subscribe', { openid: 'oNobody', results: {} }, 'openid'],
  ['POST', '/subscribe', { openid: USER, results: { x: 'yes' } }, 'results.x'],
  ['POST', '/subscribe', { openid: USER, results: {}, baseLibrary: '3' }, 'baseLibrary'],
  ['POST', '/settings', { openid: USER, templateOff: ['unknown'] }, 'templateOff'],
  ['GET', '/settings', undefined, 'openid'],
  ['POST', '/templates', { templates: [{ ...ONE_TIME, kind: 'daily' }] }, 'templates.0.kind'],
  [
    'POST',
    '/templates',
    { templates: [{ ...ONE_TIME, keywords: [{ key: 'const1', label: 'a', example: 'b' }] }] },
    'templates.0.keywords.0.key',
  ],
  [
    'POST',
    '/templates',
    { templates: [{ ...ONE_TIME, keywords: [{ key: 'enum_string1', label: 'a', example: 'b' }] }] },
    'templates.0.keywords.0',
  ],
  ['DELETE', '/templates?templateId=unknown', undefined, 'templateId'],
  ['POST', '/faults', { call: 'send', kind: 'explode' }, 'kind'],
  ['POST', '/faults', { call: 'sendd', kind: 'hang' }, 'call'],
  ['POST', '/faults', { call: 'send', kind: 'errcode' }, 'errcode'],
  ['POST', '/faults', { call: 'send', kind: 'errcode', errcode: 0 }, 'errcode'],
  ['POST', '/faults', { call: 'send', kind: 'slow' }, 'ms'],
  ['POST', '/faults', { kind: 'refuse-connection' }, 'ms'],
  ['POST', '/faults', { call: 'send', kind: 'hang', times: 0 }, 'times'],
  ['POST', '/latency', { ms: -1 }, 'ms'],
  ['POST', '/latency', { ms: 1e9 }, 'ms'],
  ['POST', '/switches', { msgid: 1 }, 'msgid'],
  ['POST', '/switches', { unknown: true }, 'unknown'],
  ['GET', '/received?limit=many', undefined, 'limit'],
  ['POST', '/reset', '{"half', ''],
])('%s %s with bad input names the field', async (method, path, body, field) => {
  const { control } = await start();
  const answer = await control(method, path, body);
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid-input' } });
  expect(answer.body['errors']).toContainEqual({ path: field, message: expect.any(String) });
});

test('the listing names every route; others are 404', async () => {
  const { control } = await start();
  const { routes } = (await control('GET', '')).body as { routes: { method: string; path: string }[] };
  expect(routes).toContainEqual(expect.objectContaining({ method: 'POST', path: '/_control/login' }));
  for (const { method, path } of routes) {
    const { status } = await control(
      method,
      path.replace('/_control', ''),
      method === 'POST' ? '{' : undefined,
    );
    expect({ method, path, status }).not.toMatchObject({ status: 404 });
  }
  expect((await control('POST', '/unknown', {})).status).toBe(404);
});

test('received lists what arrived, newest last, without secrets', async () => {
  const { wechat, control, login, send, token, passMs } = await start();
  wechat.subscribe({ openid: USER, results: { [ONE_TIME.templateId]: 'accept' } });
  const code = wechat.login(USER);
  await login(code);
  const access_token = await token();
  passMs(7);
  await send(access_token, { page: 'pages/index', miniprogram_state: 'trial', lang: 'en_US' });
  await send('86_foreign', { touser: OTHER });
  const { body } = await control('GET', '/received');
  expect(body['items']).toMatchObject([
    { number: 1, call: 'login', method: 'GET', path: '/sns/jscode2session', accepted: true },
    { number: 2, call: 'stable-token', issued: 'stable#1' },
    {
      number: 3,
      call: 'send',
      token: 'stable#1',
      openid: USER,
      templateId: ONE_TIME.templateId,
      data: GOOD_DATA,
      page: 'pages/index',
      miniprogramState: 'trial',
      lang: 'en_US',
      startedAtMs: NOON + 7,
      endedAtMs: NOON + 7,
      errcode: 0,
      msgid: expect.stringMatching(/^\d{19}$/),
      answer: expect.stringMatching(/"errcode":0,"errmsg":"ok"/),
      accepted: true,
    },
    {
      number: 4,
      call: 'send',
      token: 'unknown',
      openid: OTHER,
      errcode: 40001,
      accepted: false,
      answer: expect.stringContaining('invalid credential'),
    },
  ]);
  const text = JSON.stringify(body);
  for (const secret of [access_token, '86_foreign', wechat.appSecret, code])
    expect(text).not.toContain(secret);

  const numbers = (report: { items: readonly { number: number }[] }) =>
    report.items.map((item) => item.number);
  expect(numbers(wechat.received({ call: 'send' }))).toEqual([3, 4]);
  expect(numbers(wechat.received({ openid: OTHER }))).toEqual([4]);
  expect(numbers(wechat.received({ after: 1, limit: 2 }))).toEqual([2, 3]);
  expect(wechat.received().stats).toMatchObject({
    total: 4,
    forgotten: 0,
    acceptedSends: 1,
    maxConcurrentSendsPerOpenid: 1,
    overlappingSends: 0,
    byCall: { send: { total: 2, byErrcode: { '0': 1, '40001': 1 } } },
  });
});

test('nothing of an outsized body is listed', async () => {
  const { wechat, send, token } = await start();
  await send(await token(), { data: { thing3: { value: 'x'.repeat(9000) } } });
  const [sent] = wechat.received({ call: 'send' }).items;
  expect(sent).toMatchObject({ errcode: 43101 });
  expect(sent).not.toHaveProperty('data');
});

test('the list is bounded, the counts are not', async () => {
  const { wechat, get } = await start({ receivedCapacity: 3 });
  for (let i = 0; i < 5; i++) await get('/cgi-bin/token');
  const { items, stats } = wechat.received();
  expect(items.map(({ number }) => number)).toEqual([3, 4, 5]);
  expect(stats).toMatchObject({ total: 5, forgotten: 2, byCall: { 'plain-token': { total: 5 } } });
});

test('a request under a foreign host name is refused', async () => {
  const { wechat } = await start();
  const { request } = await import('node:http');
  const status = await new Promise((resolve, reject) => {
    const asked = request(
      `${wechat.url}/_control/users`,
      { headers: { host: 'evil.example' } },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    asked.on('error', reject).end();
  });
  expect(status).toBe(403);
});
