import { expect, test } from 'vitest';
import { allOf, Phone } from './phone.ts';

const data = { thing1: '口腔洁治' };
const booked = {
  status: 202,
  body: { id: 'm1', status: 'scheduled', sendAt: '2026-12-01T01:00:00.000Z', templateId: 'a' },
};

async function loggedIn() {
  const phone = new Phone();
  const qingniao = phone.launch();
  await qingniao.login();
  phone.requests.length = 0;
  return { phone, qingniao };
}

test('what is left of a template is what the service says', async () => {
  const { phone, qingniao } = await loggedIn();
  const grant = { openid: 'o', templateId: 'a', kind: 'one-time', available: 2, held: 1, spent: 3 };
  phone.refusals.push({ status: 200, body: { items: [grant] } });
  await expect(qingniao.remaining('a')).resolves.toMatchObject({ available: 2, held: 1, spent: 3 });
});

test('of a template that the user never answered for nothing is left', async () => {
  const { qingniao } = await loggedIn();
  await expect(qingniao.remaining('a')).resolves.toEqual({
    templateId: 'a',
    kind: 'unknown',
    available: 0,
    held: 0,
    spent: 0,
    all: [],
  });
});

test('reports that are kept go out before the service is asked what is left', async () => {
  const { phone, qingniao } = await loggedIn();
  phone.online = false;
  phone.popup = allOf(['a']);
  await phone.tap(() => qingniao.subscribe(['a']));
  phone.online = true;
  await qingniao.remaining('a');
  expect(phone.paths()).toEqual(['POST /v1/grants', 'GET /v1/grants?limit=200&templateId=a']);
});

test('without a network the caller is told so', async () => {
  const { phone, qingniao } = await loggedIn();
  phone.online = false;
  await expect(qingniao.remaining('a')).rejects.toMatchObject({
    code: 'offline',
    status: 0,
    tell: { zh: '网络不可用，请稍后再试。', en: 'No network. Please try later.' },
  });
});

test('a reminder is booked for the user themselves', async () => {
  const { phone, qingniao } = await loggedIn();
  phone.refusals.push(booked);
  const outcome = await qingniao.remindMe('a', new Date('2026-12-01T09:00:00+08:00'), data, {
    page: 'pages/booking/index',
    fit: true,
    key: 'booking-7',
  });
  expect(outcome).toEqual({ type: 'booked', message: booked.body });
  expect(phone.requests).toEqual([
    {
      method: 'POST',
      path: '/v1/messages',
      token: 'token-1',
      idempotencyKey: 'booking-7',
      body: {
        to: 'o-user',
        templateId: 'a',
        data,
        sendAt: '2026-12-01T01:00:00.000Z',
        page: 'pages/booking/index',
        fit: true,
      },
    },
  ]);
});

test.each([
  ['a moment', new Date('2026-12-01T10:00:00+08:00'), '2026-12-01T02:00:00.000Z'],
  ['epoch milliseconds', Date.parse('2026-12-01T02:00:00Z'), '2026-12-01T02:00:00.000Z'],
  ['an RFC 3339 text', '2026-12-01T10:00:00+08:00', '2026-12-01T10:00:00+08:00'],
])('a reminder may expire and collapse: %s', async (_, expiresAt, asked) => {
  const { phone, qingniao } = await loggedIn();
  phone.refusals.push(booked);
  await qingniao.remindMe('a', null, data, { expiresAt, collapseKey: 'booking-7' });
  expect(phone.requests[0]?.body).toEqual({
    to: 'o-user',
    templateId: 'a',
    data,
    expiresAt: asked,
    collapseKey: 'booking-7',
  });
});

test.each([
  ['an RFC 3339 text is passed on', '2026-12-01T09:00:00+08:00', '2026-12-01T09:00:00+08:00'],
  ['epoch milliseconds become one', Date.parse('2026-12-01T01:00:00Z'), '2026-12-01T01:00:00.000Z'],
  ['null means now', null, undefined],
  ['what is no time is left to the service to refuse', new Date(Number.NaN), null],
])('%s', async (_, when, sendAt) => {
  const { phone, qingniao } = await loggedIn();
  phone.refusals.push(booked);
  await qingniao.remindMe('a', when, data);
  expect(phone.requests[0]?.body).toEqual({
    to: 'o-user',
    templateId: 'a',
    data,
    ...(sendAt !== undefined && { sendAt }),
  });
});

test.each([
  ['develop', 'developer'],
  ['trial', 'trial'],
  ['release', 'formal'],
])('the %s version asks for a card that opens it', async (envVersion, miniprogramState) => {
  const phone = new Phone();
  const wx = { ...phone.wx({ alive: true }), getAccountInfoSync: () => ({ miniProgram: { envVersion } }) };
  const qingniao = phone.launch({ wx });
  await qingniao.login();
  await qingniao.remindMe('a', null, data);
  expect(phone.requests.at(-1)?.body).toMatchObject({ miniprogramState });
  await qingniao.remindMe('a', null, data, { miniprogramState: 'formal' });
  expect(phone.requests.at(-1)?.body).toMatchObject({ miniprogramState: 'formal' });
});

test('a booking whose answer got lost is sent once more under the same key', async () => {
  const { phone, qingniao } = await loggedIn();
  phone.refusals.push({ status: 503, body: { code: 'busy', detail: 'Again.' } }, booked);
  await expect(qingniao.remindMe('a', null, data)).resolves.toMatchObject({ type: 'booked' });
  const keys = phone.requests.map(({ idempotencyKey }) => idempotencyKey);
  expect(keys).toHaveLength(2);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[0]).toMatch(/^[\x21-\x7e]{8,255}$/);
});

test('a booking that cannot get through fails after two tries', async () => {
  const { phone, qingniao } = await loggedIn();
  phone.losesAnswers = true;
  await expect(qingniao.remindMe('a', null, data)).resolves.toMatchObject({
    type: 'failed',
    error: { code: 'offline' },
  });
  expect(phone.requests).toHaveLength(2);
});

test('a 2xx that is no message is no booking', async () => {
  const { phone, qingniao } = await loggedIn();
  phone.refusals.push({ status: 200, body: '<html>' });
  await expect(qingniao.remindMe('a', null, data)).resolves.toMatchObject({ type: 'failed' });
});

test('without a grant the user is told to allow it first, and it is not tried again', async () => {
  const { phone, qingniao } = await loggedIn();
  phone.refusals.push({ status: 409, body: { code: 'no-grant', detail: 'The user has no grant left.' } });
  await expect(qingniao.remindMe('a', null, data)).resolves.toMatchObject({
    type: 'failed',
    error: {
      code: 'no-grant',
      tell: { zh: '请先允许提醒。', en: 'Please allow the reminder first.' },
    },
  });
  expect(phone.requests).toHaveLength(1);
});

test('fields that break a rule are all named', async () => {
  const { phone, qingniao } = await loggedIn();
  const errors = [{ path: 'data.thing1', message: 'at most 20 characters' }];
  phone.refusals.push({
    status: 422,
    body: { code: 'invalid-data', detail: 'Correct data.thing1.', errors },
  });
  await expect(qingniao.remindMe('a', null, data)).resolves.toMatchObject({
    type: 'failed',
    error: { code: 'invalid-data', errors },
  });
});
