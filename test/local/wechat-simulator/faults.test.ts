import { expect, test } from 'vitest';
import type { Fault } from '../../../local/wechat-simulator/index.ts';
import { createGate, GOOD_DATA, ONE_TIME, OTHER, start, USER } from './support.ts';

async function startGranted(options: Parameters<typeof start>[0] = {}) {
  const started = await start(options);
  for (const openid of [USER, OTHER]) {
    started.wechat.subscribe({ openid, results: { [ONE_TIME.templateId]: 'accept' } });
  }
  const access_token = await started.token();
  const raw = (signal?: AbortSignal) =>
    fetch(`${started.wechat.url}/cgi-bin/message/subscribe/send?access_token=${access_token}`, {
      method: 'POST',
      body: JSON.stringify({ touser: USER, template_id: ONE_TIME.templateId, data: GOOD_DATA }),
      ...(signal && { signal }),
    });
  return { ...started, access_token, raw };
}

const spent = (wechat: Awaited<ReturnType<typeof start>>['wechat']) =>
  wechat.ledger({ openid: USER })[0]?.spent;
const lastSend = (wechat: Awaited<ReturnType<typeof start>>['wechat']) =>
  wechat.received({ call: 'send' }).items.at(-1);

test('an errcode instead of the work, as often as asked, with its usual text', async () => {
  const { wechat, send, access_token } = await startGranted();
  wechat.addFault({ call: 'send', kind: 'errcode', errcode: -1, times: 2 });
  expect(await send(access_token)).toMatchObject({
    status: 200,
    errcode: -1,
    errmsg: expect.stringMatching(/^system error rid: /),
  });
  expect(wechat.faults()).toMatchObject([{ errcode: -1, timesLeft: 1 }]);
  expect((await send(access_token)).errcode).toBe(-1);
  expect(spent(wechat)).toBe(0);
  expect((await send(access_token)).errcode).toBe(0);
  expect(wechat.faults()).toEqual([]);
});

test('an errcode after the work: accepted, and the answer says otherwise', async () => {
  const { wechat, send, access_token } = await startGranted();
  wechat.addFault({ call: 'send', kind: 'errcode', errcode: -1, afterAccept: true });
  expect((await send(access_token)).errcode).toBe(-1);
  expect(spent(wechat)).toBe(1);
  expect(lastSend(wechat)).toMatchObject({ errcode: -1, accepted: true, fault: 'errcode' });
});

test('a fault after the work waits for a request that is accepted', async () => {
  const { wechat, send, access_token } = await startGranted();
  wechat.addFault({ call: 'send', kind: 'errcode', errcode: -1, afterAccept: true });
  expect((await send(access_token, { data: {} })).errcode).toBe(47003);
  expect((await send(access_token)).errcode).toBe(-1);
});

test('a fault may concern one openid or one template', async () => {
  const { wechat, send, access_token } = await startGranted();
  wechat.addFault({ call: 'send', kind: 'errcode', errcode: 45009, errmsg: 'mine', openid: USER });
  wechat.addFault({ call: 'send', kind: 'errcode', errcode: 45011, templateId: 'another' });
  expect((await send(access_token, { touser: OTHER })).errcode).toBe(0);
  expect(await send(access_token)).toMatchObject({
    errcode: 45009,
    errmsg: expect.stringMatching(/^mine rid: /),
  });
});

test('a fault may strike by chance', async () => {
  let dice = 0.5;
  const { wechat, send, access_token } = await startGranted({ random: () => dice });
  wechat.addFault({ call: 'send', kind: 'errcode', errcode: -1, chance: 0.5 });
  expect((await send(access_token)).errcode).toBe(0);
  dice = 0.49;
  expect((await send(access_token)).errcode).toBe(-1);
});

test('a fault of "token" hits both endpoints, one of "plain-token" only that', async () => {
  const { wechat, plainToken, stableToken } = await start();
  wechat.addFault({ call: 'token', kind: 'errcode', errcode: -1, times: 2 });
  expect((await plainToken()).errcode).toBe(-1);
  expect((await stableToken()).errcode).toBe(-1);
  wechat.addFault({ call: 'plain-token', kind: 'errcode', errcode: 40243 });
  expect((await stableToken()).errcode).toBeUndefined();
  expect((await plainToken()).errcode).toBe(40243);
});

test('a login fault is spelt as /sns spells it', async () => {
  const { wechat, login } = await start();
  wechat.addFault({ call: 'login', kind: 'errcode', errcode: 40029 });
  const reply = await login(wechat.login(USER));
  expect(reply).toMatchObject({ type: 'text/plain', errmsg: expect.stringMatching(/^invalid code, rid: /) });
});

test.each([
  ['drop-answer', true],
  ['cut-short', true],
  ['reset', false],
] satisfies [Fault['kind'], boolean][])('%s breaks the connection; accepted: %s', async (kind, accepted) => {
  const { wechat, raw } = await startGranted();
  wechat.addFault({ call: 'send', kind });
  await expect(raw().then((response) => response.text())).rejects.toThrow();
  expect(spent(wechat)).toBe(accepted ? 1 : 0);
  expect(lastSend(wechat)).toMatchObject({ accepted, fault: kind });
  expect(lastSend(wechat)).not.toHaveProperty('errcode');
});

test('reset can also come after the work', async () => {
  const { wechat, raw } = await startGranted();
  wechat.addFault({ call: 'send', kind: 'reset', afterAccept: true });
  await expect(raw()).rejects.toThrow();
  expect(spent(wechat)).toBe(1);
});

test('half-json is a complete answer that does not parse', async () => {
  const { wechat, raw } = await startGranted();
  wechat.addFault({ call: 'send', kind: 'half-json' });
  const response = await raw();
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(text).toMatch(/^\{"errcode":0/);
  expect(() => JSON.parse(text)).toThrow();
  expect(spent(wechat)).toBe(1);
});

test('http-502 is a gateway page and no work', async () => {
  const { wechat, raw } = await startGranted();
  wechat.addFault({ call: 'send', kind: 'http-502' });
  const response = await raw();
  expect(response.status).toBe(502);
  expect(response.headers.get('content-type')).toBe('text/html');
  expect(await response.text()).toContain('502 Bad Gateway');
  expect(spent(wechat)).toBe(0);
});

test('hang never answers; the request ends when the caller gives up', async () => {
  const { wechat, raw, send, access_token } = await startGranted();
  wechat.addFault({ call: 'send', kind: 'hang' });
  const impatience = new AbortController();
  const hanging = raw(impatience.signal);
  await expect.poll(() => lastSend(wechat)).toBeDefined();
  expect(lastSend(wechat)).not.toHaveProperty('endedAtMs');
  impatience.abort();
  await expect(hanging).rejects.toThrow();
  await expect.poll(() => lastSend(wechat)).toMatchObject({ endedAtMs: expect.any(Number), fault: 'hang' });
  expect((await send(access_token)).errcode).toBe(0);
});

test('closing does not wait for a hanging request', async () => {
  const { wechat, raw } = await startGranted();
  wechat.addFault({ call: 'send', kind: 'hang' });
  const hanging = expect(raw()).rejects.toThrow();
  await expect.poll(() => lastSend(wechat)).toBeDefined();
  await wechat.close();
  await hanging;
});

test('slow works late and holds the lock meanwhile; slow after the work has worked already', async () => {
  const gate = createGate();
  const { wechat, send, access_token } = await startGranted({ sleep: gate.sleep });
  wechat.addFault({ call: 'send', kind: 'slow', ms: 5000 });
  const slow = send(access_token);
  await gate.reached(1);
  expect(spent(wechat)).toBe(0);
  expect((await send(access_token)).errcode).toBe(43108);
  gate.open();
  expect((await slow).errcode).toBe(0);

  wechat.subscribe({ openid: USER, results: { [ONE_TIME.templateId]: 'accept' } });
  wechat.addFault({ call: 'send', kind: 'slow', ms: 5000, afterAccept: true });
  const late = send(access_token);
  await gate.reached(1);
  expect(spent(wechat)).toBe(2);
  gate.open();
  expect((await late).errcode).toBe(0);
});

test('work goes on when the caller has given up waiting', async () => {
  const gate = createGate();
  const { wechat, raw } = await startGranted({ sleep: gate.sleep });
  wechat.setLatency({ ms: 50 });
  const impatience = new AbortController();
  const given = raw(impatience.signal);
  await gate.reached(1);
  impatience.abort();
  await expect(given).rejects.toThrow();
  gate.open();
  await expect.poll(() => spent(wechat)).toBe(1);
});

test('connections are also refused by way of the control API, which answers first', async () => {
  const { control, raw } = await startGranted();
  expect((await control('POST', '/faults', { kind: 'refuse-connection', ms: 300 })).status).toBe(200);
  await expect(raw()).rejects.toThrow();
  await expect
    .poll(
      () =>
        raw()
          .then((r) => r.json())
          .catch(() => undefined),
      { timeout: 5000 },
    )
    .toMatchObject({ errcode: 0 });
});

test('closing ends a refusal too', async () => {
  const { wechat } = await start();
  wechat.refuseConnections(60_000);
  await wechat.close();
});

test('refused connections reach nothing, and the server comes back on its port', async () => {
  const { wechat, raw } = await startGranted();
  const before = wechat.received().stats.total;
  wechat.refuseConnections(300);
  await expect(raw()).rejects.toThrow();
  await expect
    .poll(
      () =>
        raw()
          .then((r) => r.json())
          .catch(() => undefined),
      { timeout: 5000 },
    )
    .toMatchObject({ errcode: 0 });
  expect(wechat.received().stats.total).toBe(before + 1);
});
