import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { PushInput } from '../../local/wechat-simulator/events/push-controls.ts';
import { LONG_TERM, PRICE_DROP, SHIPPED, startService } from './running-service.ts';

const { stack, wechat, operator, logIn, allow, grantOf, read, ended } = await startService({
  pushEvents: { delayMs: 0 },
  settings: { WECHAT_PUSH_PLAINTEXT: 'true' },
});
const T = PRICE_DROP.templateId;

const tap = (
  openid: string,
  results: Parameters<typeof wechat.subscribe>[0]['results'] = { [T]: 'accept' },
) => wechat.subscribe({ openid, results });
const report = (openid: string, results: object = { [T]: 'accept' }, more: object = {}) =>
  operator('POST', '/v1/grants', { openid, requestId: randomUUID(), results, ...more });
const send = async (openid: string, more: object = {}) => {
  const { status, body } = await operator('POST', '/v1/messages', { to: openid, ...PRICE_DROP, ...more });
  expect(status).toBe(202);
  return body.id as string;
};
const popupOf = (openid: string, createTime = Math.floor(Date.now() / 1000)): PushInput => ({
  openid,
  createTime,
  event: 'subscribe_msg_popup_event',
  items: [{ TemplateId: T, SubscribeStatusString: 'accept', PopupScene: '0' }],
});

/** Keeps the events about one user back until `work` is done, and resolves when they are taken in. */
async function eventsAfter<R>(openid: string, work: () => Promise<R>): Promise<R> {
  wechat.addPushFault({ kind: 'reorder', openid, count: 1000 });
  const result = await work();
  wechat.clearPushFaults();
  await stack.idle();
  return result;
}

// Joined only when the service looks at it again, seconds later: the other tests run meanwhile.
const early = await sentEventBeforeAnswer();

async function sentEventBeforeAnswer() {
  const { openid } = await logIn();
  await allow(wechat, openid, T);
  await wechat.pushed();
  wechat.setSwitches({ sentEventFirst: true });
  const id = await send(openid);
  await ended(id);
  wechat.setSwitches({ sentEventFirst: false });
  return { openid, id };
}

describe('GET /v1/wechat/events', () => {
  test('answers the echostr as it is, so that the URL can be saved', async () => {
    expect(await wechat.verifyCallback()).toMatchObject({ verified: true, answer: { status: 200 } });
  });

  test('is 403 under another token', async () => {
    const { WECHAT_PUSH_TOKEN: token = '' } = stack.env;
    wechat.setCallback({ token: 'another' });
    try {
      expect(await wechat.verifyCallback()).toMatchObject({ verified: false, answer: { status: 403 } });
    } finally {
      wechat.setCallback({ token });
    }
  });
});

describe.each(['plaintext', 'compatible', 'safe'] as const)('in %s mode', (mode) => {
  test.each(['xml', 'json'] as const)('popups and changes in %s reach the ledger', async (format) => {
    wechat.setCallback({ mode, format });
    try {
      const { openid } = await logIn();
      tap(openid, { [T]: 'accept', [SHIPPED.templateId]: 'reject' });
      await stack.idle();
      expect(await grantOf(openid, T)).toMatchObject({ available: 1, lastStatus: 'accept' });
      expect(await grantOf(openid, SHIPPED.templateId)).toMatchObject({ available: 0, lastStatus: 'reject' });
      wechat.changeSettings({ openid, templateOff: [T] });
      await stack.idle();
      expect(await grantOf(openid, T)).toMatchObject({ available: 0, lastStatus: 'reject' });
      for (const delivery of wechat.deliveries({ openid }).items) {
        expect(delivery).toMatchObject({ outcome: 'taken', answer: 'success', mode, format, attempt: 1 });
        expect(Number(delivery.endedAtMs) - delivery.startedAtMs).toBeLessThan(1000);
      }
    } finally {
      wechat.setCallback({ mode: 'safe', format: 'json' });
    }
  });
});

describe('the popup event', () => {
  test('counts a tap that the client never reported, once however often it is delivered', async () => {
    const { openid } = await logIn();
    wechat.addPushFault({ kind: 'duplicate', openid, copies: 9 });
    tap(openid);
    await stack.idle();
    expect(wechat.deliveries({ openid }).items).toHaveLength(10);
    expect(await grantOf(openid, T)).toMatchObject({ available: 1, held: 0, spent: 0 });
  });

  test('again later, in another mode and format, is still the same event', async () => {
    const { openid } = await logIn();
    const popup = popupOf(openid);
    for (const forgery of [{}, { format: 'xml' }, { mode: 'compatible' }] as const) {
      expect(await wechat.pushOnce({ ...popup, forgery })).toMatchObject({ outcome: 'taken' });
      await stack.idle();
    }
    expect(await grantOf(openid, T)).toMatchObject({ available: 1 });
  });

  test('confirms the report of the same tap, whichever of them comes first', async () => {
    const [first, second] = [await logIn(), await logIn()];
    tap(first.openid);
    await stack.idle();
    await report(first.openid);
    await eventsAfter(second.openid, async () => {
      tap(second.openid);
      await report(second.openid);
    });
    for (const { openid } of [first, second]) {
      expect(await grantOf(openid, T)).toMatchObject({ available: 1 });
    }
  });

  test('and a report that takes its popup for none are one grant in either order, and the next silent tap is another', async () => {
    const [first, second] = [await logIn(), await logIn()];
    const silent = { silent: [T] };
    tap(first.openid);
    await stack.idle();
    await report(first.openid, undefined, silent);
    await eventsAfter(second.openid, async () => {
      tap(second.openid);
      await report(second.openid, undefined, silent);
    });
    for (const { openid } of [first, second]) {
      expect(await grantOf(openid, T)).toMatchObject({ available: 1 });
      await report(openid, undefined, silent);
      expect(await grantOf(openid, T)).toMatchObject({ available: 2 });
    }
  });

  test('subscribes to a long-term template', async () => {
    const { openid } = await logIn();
    tap(openid, { [LONG_TERM.templateId]: 'accept' });
    await stack.idle();
    expect(await grantOf(openid, LONG_TERM.templateId)).toMatchObject({ available: null, subscribed: true });
  });

  test('of a tap makes a message possible that nobody reported the grant of', async () => {
    const { openid } = await logIn();
    tap(openid);
    await stack.idle();
    expect(['sent', 'delivered']).toContain((await ended(await send(openid))).status);
  });
});

describe('the change event', () => {
  test('ends the booked messages of that template without a request, and no others', async () => {
    const { openid } = await logIn();
    tap(openid, { [T]: 'accept', [SHIPPED.templateId]: 'accept' });
    await stack.idle();
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const booked = await send(openid, { sendAt });
    const other = await send(openid, { ...SHIPPED, sendAt });
    wechat.changeSettings({ openid, templateOff: [T] });
    await stack.idle();
    expect(await read(booked)).toMatchObject({ status: 'refused', outcome: { reason: expect.any(String) } });
    expect((await read(other)).status).toBe('scheduled');
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 0, lastStatus: 'reject' });
    expect(await grantOf(openid, SHIPPED.templateId)).toMatchObject({ held: 1 });
    expect(wechat.received({ call: 'send', openid }).items).toEqual([]);
  });
});

describe('the sent event', () => {
  /** A message whose event waits until the message has ended otherwise. */
  async function sentThenTold(before: (openid: string) => void = () => {}) {
    const { openid } = await logIn();
    await allow(wechat, openid, T);
    await stack.idle();
    before(openid);
    return eventsAfter(openid, async () => {
      const id = await send(openid);
      const { status } = await ended(id);
      return { openid, id, statusBefore: status as string };
    });
  }

  test('delivers a sent message', async () => {
    const { id, statusBefore, openid } = await sentThenTold();
    expect(statusBefore).toBe('sent');
    expect(await read(id)).toMatchObject({
      status: 'delivered',
      deliveredAt: expect.stringMatching(/Z$/),
      outcome: { errcode: 0, msgid: expect.stringMatching(/^\d{19}$/) },
    });
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, held: 0, spent: 1 });
  });

  test('fails one that WeChat could not deliver after all; its grant stays spent', async () => {
    const { id, openid } = await sentThenTold((user) =>
      wechat.addPushFault({ kind: 'fail-send', openid: user, errorCode: -1 }),
    );
    expect(await read(id)).toMatchObject({ status: 'failed', outcome: { errcode: -1 } });
    expect(await grantOf(openid, T)).toMatchObject({ available: 0, spent: 1 });
  });

  test('settles a message of unknown fate', async () => {
    const { id, statusBefore } = await sentThenTold((openid) =>
      wechat.addFault({ call: 'send', kind: 'drop-answer', openid }),
    );
    expect(statusBefore).toBe('unknown');
    expect((await read(id)).status).toBe('delivered');
  });

  test.each([false, true])('without a msgid finds its message, whose answer had one: %s', async (msgid) => {
    wechat.setSwitches({ msgid, eventMsgid: false });
    const { id } = await sentThenTold();
    wechat.setSwitches({ msgid: true, eventMsgid: true });
    expect((await read(id)).status).toBe('delivered');
  });

  test('that came before the answer to its send is joined to it within seconds', {
    timeout: 20_000,
  }, async () => {
    await expect.poll(async () => (await read(early.id)).status, { timeout: 15_000 }).toBe('delivered');
    expect(await grantOf(early.openid, T)).toMatchObject({ available: 0, spent: 1 });
  });
});

test('messages and events that are none of ours are acknowledged', async () => {
  const openid = wechat.createUser();
  const text = await wechat.pushOnce({ openid, msgType: 'text', fields: { Content: '在吗', MsgId: '24' } });
  const other = await wechat.pushOnce({
    openid,
    event: 'user_enter_tempsession',
    fields: { SessionFrom: 'x' },
  });
  for (const delivery of [text, other]) expect(delivery).toMatchObject({ outcome: 'taken' });
});

describe('with GRANT_SOURCE=events, and plaintext not allowed', async () => {
  const strict = await startService({ pushEvents: { delayMs: 0 }, settings: { GRANT_SOURCE: 'events' } });
  const reportTo = (openid: string) =>
    strict.operator('POST', '/v1/grants', { openid, requestId: randomUUID(), results: { [T]: 'accept' } });

  test('the event is the count, and a report alone is none', async () => {
    const { openid } = await strict.logIn();
    await reportTo(openid);
    expect((await strict.grantOf(openid, T))?.available ?? 0).toBe(0);
    strict.wechat.subscribe({ openid, results: { [T]: 'accept' } });
    await strict.stack.idle();
    expect(await strict.grantOf(openid, T)).toMatchObject({ available: 1 });
    await reportTo(openid);
    expect(await strict.grantOf(openid, T)).toMatchObject({ available: 1 });
  });

  describe('what is not from WeChat changes nothing', () => {
    test.each([
      ['signed with another token', { token: 'another' }],
      ['encrypted with another key', { aesKey: 'B'.repeat(43) }],
      ['for another mini program', { appId: 'wxforeign00000000' }],
      ['an hour old', { agedMs: 3_600_000 }],
      ['of another body', { body: '{"ToUserName":"gh_x","Encrypt":"AAAA"}' }],
      ['without msg_signature', { query: { msg_signature: '' } }],
      ['without a signature', { query: { signature: '', msg_signature: '' } }],
      ['in plaintext under a wrong signature', { mode: 'plaintext', query: { signature: '0'.repeat(40) } }],
    ] as const)('%s: 403', async (_, forgery) => {
      const { openid } = await strict.logIn();
      const delivery = await strict.wechat.pushOnce({ ...popupOf(openid), forgery });
      expect(delivery).toMatchObject({ outcome: 'refused', status: 403 });
      await strict.stack.idle();
      expect(await strict.grantOf(openid, T)).toBeUndefined();
    });
  });

  test('plaintext is refused, however well it is signed', async () => {
    const { openid } = await strict.logIn();
    const delivery = await strict.wechat.pushOnce({ ...popupOf(openid), forgery: { mode: 'plaintext' } });
    expect(delivery).toMatchObject({ outcome: 'refused', status: 403 });
    await strict.stack.idle();
    expect(await strict.grantOf(openid, T)).toBeUndefined();
  });
});

test('without a token there is no such route', async () => {
  const off = await startService({ pushEvents: { delayMs: 0 }, settings: { WECHAT_PUSH_TOKEN: '' } });
  expect(off.wechat.callback()).toBeUndefined();
  expect((await off.call('GET', '/v1/wechat/events?echostr=1')).status).toBe(404);
});
