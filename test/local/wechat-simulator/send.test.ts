import { expect, test } from 'vitest';
import { createGate, GOOD_DATA, LONG_TERM, ONE_TIME, OTHER, start, USER } from './support.ts';

const accept = (openid = USER) => ({ openid, results: { [ONE_TIME.templateId]: 'accept' } }) as const;

async function startGranted(options: Parameters<typeof start>[0] = {}) {
  const started = await start(options);
  started.wechat.subscribe(accept());
  return { ...started, access_token: await started.token() };
}

test('an accepted send answers ok with an unquoted msgid above 2^53', async () => {
  const { send, access_token } = await startGranted();
  const reply = await send(access_token);
  expect(reply).toMatchObject({
    status: 200,
    type: 'application/json; encoding=utf-8',
    errcode: 0,
    errmsg: 'ok',
  });
  const msgid = /"msgid":(\d+)}$/.exec(reply.text)?.[1];
  expect(BigInt(msgid ?? 0)).toBeGreaterThan(2n ** 53n);
  expect(String(JSON.parse(reply.text).msgid)).not.toBe(msgid);
});

test('msgid can be switched off', async () => {
  const { send, access_token } = await startGranted({ switches: { msgid: false } });
  expect((await send(access_token)).text).toBe('{"errcode":0,"errmsg":"ok"}');
});

test('each accept is one send, per openid and template', async () => {
  const { wechat, send, access_token } = await startGranted();
  wechat.subscribe(accept());
  expect((await send(access_token, { touser: OTHER })).errcode).toBe(43101);
  expect((await send(access_token)).errcode).toBe(0);
  expect((await send(access_token)).errcode).toBe(0);
  expect(await send(access_token)).toMatchObject({
    errcode: 43101,
    errmsg: expect.stringMatching(/^user refuse to accept the msg rid: /),
  });
  expect(wechat.ledger()).toEqual([
    {
      openid: USER,
      templateId: ONE_TIME.templateId,
      kind: 'one-time',
      granted: 2,
      spent: 2,
      left: 0,
      subscribed: false,
    },
  ]);
});

test('one accept of a long-term template is many sends', async () => {
  const { wechat, send, access_token } = await startGranted();
  wechat.subscribe({ openid: USER, results: { [LONG_TERM.templateId]: 'accept' } });
  const message = { template_id: LONG_TERM.templateId, data: { thing1: { value: '内科' } } };
  for (let i = 0; i < 3; i++) expect((await send(access_token, message)).errcode).toBe(0);
  expect(wechat.ledger({ templateId: LONG_TERM.templateId })).toMatchObject([{ spent: 3, subscribed: true }]);
});

test.each([
  ['no token', { token: '' }, 41001, /^access_token missing/],
  ['no touser', { touser: undefined }, 40003, /^invalid openid rid: /],
  ['a foreign touser', { touser: 'oForeign' }, 40003, /^invalid openid rid: /],
  ['touser as a number', { touser: 1 }, 40003, /^invalid openid rid: /],
  ['no template_id', { template_id: '' }, 40037, /^invalid template_id rid: /],
  ['a foreign template_id', { template_id: 'foreign' }, 40037, /^invalid template_id rid: /],
  ['an unknown state', { miniprogram_state: 'release' }, 40097, /^invalid args rid: /],
  ['an unknown language', { lang: 'fr_FR' }, 40097, /^invalid args rid: /],
])(
  '%s is refused and costs no grant',
  async (_, { token, ...changes }: Record<string, unknown>, errcode, errmsg) => {
    const { wechat, send, access_token } = await startGranted();
    expect(await send(String(token ?? access_token), changes)).toMatchObject({
      status: 200,
      errcode,
      errmsg: expect.stringMatching(errmsg),
    });
    expect(wechat.ledger()).toMatchObject([{ left: 1, spent: 0 }]);
  },
);

test('verb, empty body and unreadable body have codes of their own', async () => {
  const { get, post, access_token } = await startGranted();
  const path = '/cgi-bin/message/subscribe/send';
  expect((await get(path, { access_token })).errcode).toBe(43002);
  expect((await post(path, '', { access_token })).errcode).toBe(44002);
  expect((await post(path, '{"touser":', { access_token })).errcode).toBe(47001);
  expect((await post(path, '"text"', { access_token })).errcode).toBe(47001);
});

test('checks run in the order token, touser, template_id, ban, subscription, fields', async () => {
  const { wechat, send, token } = await start();
  const access_token = await token();
  const wrong = { touser: 'oForeign', template_id: 'foreign', data: {} };
  expect((await send('86_x', wrong)).errcode).toBe(40001);
  expect((await send(access_token, wrong)).errcode).toBe(40003);
  expect((await send(access_token, { ...wrong, touser: USER })).errcode).toBe(40037);
  wechat.setSwitches({ accountBanned: true });
  expect((await send(access_token, { data: {} })).errcode).toBe(43107);
  wechat.setSwitches({ accountBanned: false });
  expect((await send(access_token, { data: {} })).errcode).toBe(43101);
  wechat.subscribe(accept());
  expect((await send(access_token, { data: {} })).errcode).toBe(47003);
  expect((await send(access_token)).errcode).toBe(0);
});

test('a banned template is 43107, its siblings go on', async () => {
  const { wechat, send, access_token } = await startGranted();
  wechat.subscribe({ openid: USER, results: { [LONG_TERM.templateId]: 'accept' } });
  wechat.addTemplates([{ ...ONE_TIME, banned: true }]);
  expect((await send(access_token)).errcode).toBe(43107);
  const sibling = { template_id: LONG_TERM.templateId, data: { thing1: { value: '内科' } } };
  expect((await send(access_token, sibling)).errcode).toBe(0);
});

const tooLong = { value: '一二三四五六七八九十一二三四五六七八九十一' };
test.each([
  ['a missing key', { thing3: undefined }, 'data.thing3.value is empty'],
  ['null', { thing3: { value: null } }, 'data.thing3.value is empty'],
  ['an empty text', { thing3: { value: '' } }, 'data.thing3.value is empty'],
  ['white space only', { thing3: { value: '  ' } }, 'data.thing3.value is empty'],
  ['a bare string', { thing3: '口腔洁治' }, 'data.thing3.value is empty'],
  ['too long a text', { thing3: tooLong }, 'data.thing3.value invalid'],
  ['a JSON number', { thing3: { value: 20 } }, 'data.thing3.value invalid'],
  [
    'the first bad field in template order',
    { time1: { value: 'soon' }, thing3: tooLong },
    'data.thing3.value invalid',
  ],
  ['a later field when the first is good', { time1: { value: '25:00' } }, 'data.time1.value invalid'],
  ['a full-width range', { time1: { value: '15:01～16:00' } }, 'data.time1.value invalid'],
  ['a long key, cut off', { character_string13: { value: '汉' } }, 'data.character_string13.value'],
  ['an unlisted enum value, cut off', { enum_string2: { value: '未知' } }, 'data.enum_string2.value invali'],
])('47003 names %s', async (_, changes, detail) => {
  const { wechat, send, access_token } = await startGranted();
  const reply = await send(access_token, { data: { ...GOOD_DATA, ...changes } });
  expect(reply.errcode).toBe(47003);
  expect(reply.errmsg.replace(/[0-9a-f-]{26}$/, '')).toBe(`argument invalid! ${detail} rid: `);
  expect(wechat.ledger()).toMatchObject([{ left: 1 }]);
});

test('a value that the rules do not surely take is taken, and refused under the switch', async () => {
  const doubtful = { ...GOOD_DATA, time1: { value: '2026-11-23' } };
  const { wechat, send, access_token } = await startGranted();
  expect((await send(access_token, { data: doubtful })).errcode).toBe(0);
  wechat.subscribe(accept());
  wechat.setSwitches({ refuseDoubtful: true });
  const reply = await send(access_token, { data: doubtful });
  expect(reply.errmsg).toMatch(/^argument invalid! data\.time1\.value invalid rid: /);
  expect((await send(access_token)).errcode).toBe(0);
});

test.each([
  ['a JSON string', JSON.stringify(GOOD_DATA)],
  ['absent', undefined],
  [
    'keys with .DATA',
    Object.fromEntries(Object.entries(GOOD_DATA).map(([key, entry]) => [`${key}.DATA`, entry])),
  ],
])('data that is %s leaves the first key empty', async (_, data) => {
  const { send, access_token } = await startGranted();
  const reply = await send(access_token, { data });
  expect(reply.errmsg).toMatch(/^argument invalid! data\.thing3\.value is empty rid: /);
});

test('surplus keys and members are ignored', async () => {
  const { send, access_token } = await startGranted();
  const data = { ...GOOD_DATA, thing3: { value: '口腔洁治', color: '#173177' }, thing9: { value: '' } };
  expect((await send(access_token, { data })).errcode).toBe(0);
});

test('a sensitive word is 45168 and costs no grant', async () => {
  const { wechat, send, access_token } = await startGranted({ switches: { sensitiveWords: ['洁治'] } });
  expect((await send(access_token)).errcode).toBe(45168);
  expect(wechat.ledger()).toMatchObject([{ left: 1 }]);
});

test('two sends to one openid that overlap: the second is 43108 at once, the first is accepted', async () => {
  const gate = createGate();
  const { wechat, send, access_token } = await startGranted({ sleep: gate.sleep });
  wechat.subscribe(accept());
  wechat.subscribe(accept(OTHER));
  wechat.setLatency({ ms: 50 });
  const first = send(access_token);
  await gate.reached(1);
  const [second, toOther] = [send(access_token), send(access_token, { touser: OTHER })];
  await gate.reached(3);
  gate.open();
  expect((await first).errcode).toBe(0);
  expect(await second).toMatchObject({
    errcode: 43108,
    errmsg: expect.stringMatching(/^Cannot make concurrent calls to the same OpenID, please try again rid: /),
  });
  expect((await toOther).errcode).toBe(0);
  expect(wechat.ledger({ openid: USER })).toMatchObject([{ left: 1, spent: 1 }]);
  expect(wechat.received().stats).toMatchObject({
    overlappingSends: 1,
    maxConcurrentSendsPerOpenid: 2,
    maxConcurrentSends: 3,
  });
  wechat.setLatency({ ms: 0 });
  expect((await send(access_token)).errcode).toBe(0);
});

test('with the lock off overlapping sends both count, and never more than were granted', async () => {
  const gate = createGate();
  const { wechat, send, access_token } = await startGranted({
    sleep: gate.sleep,
    switches: { concurrencyLock: false },
  });
  wechat.setLatency({ ms: 50 });
  const both = [send(access_token), send(access_token)];
  await gate.reached(2);
  gate.open();
  const codes = (await Promise.all(both)).map(({ errcode }) => errcode);
  expect(codes.toSorted()).toEqual([0, 43101]);
});

test('day and minute limits of send: 45009, 45011, no grant lost', async () => {
  const { wechat, send, access_token, passMs } = await startGranted({
    switches: { sendsPerDay: 2, sendsPerMinute: 1 },
  });
  wechat.subscribe(accept());
  await send(access_token);
  expect((await send(access_token)).errcode).toBe(45011);
  passMs(60_000);
  expect((await send(access_token)).errcode).toBe(0);
  passMs(60_000);
  wechat.subscribe(accept());
  expect((await send(access_token)).errcode).toBe(45009);
  expect(wechat.ledger()).toMatchObject([{ left: 1, spent: 2 }]);
});

test('a deleted template is unknown', async () => {
  const { wechat, send, access_token } = await startGranted();
  wechat.removeTemplate(ONE_TIME.templateId);
  expect((await send(access_token)).errcode).toBe(40037);
});
