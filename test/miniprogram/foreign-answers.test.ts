import { expect, test } from 'vitest';
import type { Transport } from '../../miniprogram/src/index.ts';
import { ownBackend } from './built.ts';
import { allOf, Phone, rest } from './phone.ts';

/** What gateways, proxies, captive portals and relays answer in the service's place. */
const FOREIGN: readonly (readonly [string, unknown])[] = [
  ['200 with a page of HTML', { status: 200, body: '<html>Welcome to the airport</html>' }],
  ['200 with the words of the service as a text', { status: 200, body: '{"grants":[],"items":[],"id":"x"}' }],
  ['200 with an empty object', { status: 200, body: {} }],
  ['200 with a list', { status: 200, body: [] }],
  ['200 with grants that are none', { status: 200, body: { grants: null } }],
  ['200 with a number', { status: 200, body: 1 }],
  ['an empty 204', { status: 204, body: '' }],
  ['204 without a body', { status: 204 }],
  ['302 to a page of the portal', { status: 302, body: '' }],
  ['400 of a gateway', { status: 400, body: '<html><h1>400 Bad Request</h1></html>' }],
  ['400 of an API gateway', { status: 400, body: { message: 'Bad Request' } }],
  [
    '400 of a cloud',
    { status: 400, body: { code: 'INVALID_PATH', message: 'Invalid path', requestId: 'r' } },
  ],
  ['400 with a numeric code', { status: 400, body: { code: 400, detail: 'Bad request' } }],
  ['413 of a gateway', { status: 413, body: '<html>413 Request Entity Too Large</html>' }],
  ['413 of an API gateway', { status: 413, body: { message: 'Request Too Long' } }],
  ['422 of a relay', { status: 422, body: { error: 'unprocessable' } }],
  ['403 of a firewall', { status: 403, body: { message: 'Forbidden' } }],
  ['502 of a gateway', { status: 502, body: '<html>Bad Gateway</html>' }],
  [
    'what a cloud function gives that nobody unpacked',
    { errMsg: 'cloud.callFunction:ok', result: { status: 200 } },
  ],
  ["a relay's {errMsg} alone", { errMsg: 'cloud.callFunction:ok' }],
  ['a status without a body', { status: 200 }],
  ['nothing', undefined],
  ['null', null],
  ['a text', 'ok'],
];

/** A phone behind an own backend that answers so, until it answers as the service does. */
function relayed(answer: unknown) {
  const phone = new Phone();
  let isForeign = true;
  const transport = ownBackend(async (request) =>
    isForeign ? (answer as never) : phone.serve({ ...request, token: 'of the backend' }),
  );
  const mend = () => {
    isForeign = false;
  };
  return { phone, qingniao: phone.launch({ transport }), mend };
}

test.each(FOREIGN)(
  '%s is no answer: the report is kept and counts once it gets through',
  async (_, answer) => {
    const { phone, qingniao, mend } = relayed(answer);
    phone.popup = allOf(['a']);
    await phone.tap(() => qingniao.subscribe(['a']));
    await rest();
    expect(phone.kept).toHaveLength(1);
    expect(phone.notes).toEqual([]);
    await expect(qingniao.start()).resolves.toBe(1);
    mend();
    await expect(qingniao.start()).resolves.toBe(0);
    expect(phone.counted.size).toBe(1);
    expect(phone.kept).toEqual([]);
  },
);

test.each(FOREIGN)('%s is no answer to what is left, nor a booking', async (_, answer) => {
  const { qingniao } = relayed(answer);
  await expect(qingniao.remaining('a')).rejects.toMatchObject({ code: 'offline', status: 0 });
  await expect(qingniao.remindMe('a', null, {})).resolves.toMatchObject({
    type: 'failed',
    error: { code: 'offline', status: 0, errors: [] },
  });
});

test.each(FOREIGN)(
  '%s is no session: the report is kept, and the next login carries it',
  async (_, answer) => {
    const phone = new Phone();
    const answers = [answer];
    const send: Transport['send'] = async (request) =>
      answers.length > 0 ? (answers.shift() as never) : phone.serve(request);
    const qingniao = phone.launch({ transport: { sessions: true, send } });
    phone.popup = allOf(['a']);
    await phone.tap(() => qingniao.subscribe(['a']));
    await rest();
    expect(phone.kept).toHaveLength(1);
    await expect(qingniao.start()).resolves.toBe(0);
    expect(phone.counted.size).toBe(1);
  },
);

test('an own backend that throws at once, or answers without a promise, is an answer like any other', async () => {
  const phone = new Phone();
  phone.popup = allOf(['a']);
  const throwing = phone.launch({
    transport: ownBackend(() => {
      throw new Error('callFunction:fail');
    }),
  });
  await phone.tap(() => throwing.subscribe(['a']));
  await expect(throwing.start()).resolves.toBe(1);
  await expect(throwing.remaining('a')).rejects.toMatchObject({
    code: 'offline',
    message: 'offline: callFunction:fail',
  });

  const direct = phone.launch({
    transport: { sessions: false, send: () => ({ status: 200, body: { grants: [] } }) as never },
  });
  await expect(direct.start()).resolves.toBe(0);
});

test('a refusal of the service that a relay hands over under another status is told by its code', async () => {
  const { qingniao } = relayed({ status: 200, body: { code: 'no-grant', detail: 'None left.' } });
  await expect(qingniao.remindMe('a', null, {})).resolves.toMatchObject({ error: { code: 'no-grant' } });
});

test('a 401 that something on the way has emptied still renews the session', async () => {
  const phone = new Phone();
  const qingniao = phone.launch();
  await qingniao.login();
  phone.refusals.push({ status: 401, body: '' });
  await qingniao.remaining('a');
  expect(phone.logins).toBe(2);
});
