import { describe, expect, test } from 'vitest';
import type { SimulatorOptions } from '../../../local/wechat-simulator/index.ts';
import {
  AES_KEY,
  decrypt,
  encryptedIn,
  type Pushed,
  SUCCESS,
  sha1,
  startReceiver,
  TOKEN,
} from './callback-receiver.ts';
import { createTime, LONG_TERM, NOON, ONE_TIME, OTHER, start, USER } from './support.ts';

const ID = ONE_TIME.templateId;
const SECOND = { ...ONE_TIME, templateId: 'second', title: '别的' };
const accept = { openid: USER, results: { [ID]: 'accept' } } as const;

/** A simulated WeChat that pushes to `receiver`. */
async function startPushing(
  receiver: { url: string },
  { mode = 'plaintext', format = 'json', ...options }: SimulatorOptions & Settings = {},
) {
  const simulated = await start({ templates: [ONE_TIME, SECOND, LONG_TERM], ...options });
  simulated.wechat.setCallback({ url: receiver.url, token: TOKEN, aesKey: AES_KEY, mode, format });
  return simulated;
}

interface Settings {
  mode?: 'plaintext' | 'compatible' | 'safe';
  format?: 'xml' | 'json';
}

const jsonOf = ({ body }: Pushed) => JSON.parse(body) as Record<string, unknown>;

describe.each(['plaintext', 'compatible', 'safe'] as const)('in %s mode', (mode) => {
  test.each(['xml', 'json'] as const)(
    'an event in %s is signed and protected as WeChat does',
    async (format) => {
      const receiver = await startReceiver();
      const { wechat } = await startPushing(receiver, { mode, format });
      wechat.subscribe(accept);
      const [pushed] = (await receiver.came(1)) as [Pushed];
      const { timestamp, nonce, signature, msg_signature, encrypt_type, openid } = pushed.query;
      expect(pushed).toMatchObject({
        method: 'POST',
        contentType: format === 'xml' ? 'text/xml' : 'application/json',
      });
      expect(timestamp).toBe(String(NOON / 1000));
      expect(signature).toBe(sha1(TOKEN, timestamp, nonce));
      expect(openid).toBe(USER);

      const isOpen = pushed.body.includes('subscribe_msg_popup_event');
      expect(isOpen).toBe(mode !== 'safe');
      const encrypted = encryptedIn(pushed);
      expect(encrypted !== '').toBe(mode !== 'plaintext');
      if (mode === 'plaintext') {
        expect({ msg_signature, encrypt_type }).toEqual({});
        return;
      }
      expect(encrypt_type).toBe('aes');
      expect(msg_signature).toBe(sha1(TOKEN, timestamp, nonce, encrypted));
      const { message, appId } = decrypt(encrypted);
      expect(appId).toBe(wechat.appId);
      expect(message).toContain('subscribe_msg_popup_event');
      expect(message).toMatch(format === 'xml' ? /^<xml>.*<\/xml>$/ : /^{.*}$/);
    },
  );
});

test('nothing is pushed without a callback, nor after it was removed', async () => {
  const receiver = await startReceiver();
  const { wechat } = await start();
  wechat.subscribe(accept);
  await wechat.pushed();
  wechat.setCallback({ url: receiver.url, token: TOKEN, aesKey: AES_KEY });
  wechat.removeCallback();
  wechat.subscribe(accept);
  await wechat.pushed();
  expect(receiver.pushes).toEqual([]);
  expect(wechat.deliveries().stats.messages).toBe(0);
});

describe('the popup event', () => {
  test('tells every choice that the popup offered, and nothing that it did not', async () => {
    const receiver = await startReceiver();
    const { wechat } = await startPushing(receiver);
    wechat.addTemplates([
      { ...ONE_TIME, templateId: 'twin' },
      { ...ONE_TIME, templateId: 'banned', title: '停用', banned: true },
    ]);
    const results = { [ID]: 'acceptWithAudio', second: 'reject', twin: 'accept', banned: 'accept' } as const;
    wechat.subscribe({ openid: USER, results });
    await wechat.pushed();
    expect(receiver.pushes.map(jsonOf)).toEqual([
      {
        ToUserName: expect.stringMatching(/^gh_/),
        FromUserName: USER,
        CreateTime: NOON / 1000,
        MsgType: 'event',
        Event: 'subscribe_msg_popup_event',
        List: [
          { TemplateId: ID, SubscribeStatusString: 'accept', PopupScene: '0' },
          { TemplateId: 'second', SubscribeStatusString: 'reject', PopupScene: '0' },
        ],
      },
    ]);
  });

  test('does not come for a choice that was kept before, unless the switch says so', async () => {
    const receiver = await startReceiver();
    const { wechat } = await startPushing(receiver);
    wechat.subscribe({ ...accept, always: true });
    await wechat.pushed();
    expect(receiver.pushes).toHaveLength(1);
    wechat.subscribe(accept);
    await wechat.pushed();
    expect(receiver.pushes).toHaveLength(1);
    wechat.setSwitches({ popupEventWhenKept: true });
    wechat.subscribe(accept);
    await wechat.pushed();
    expect(receiver.pushes).toHaveLength(2);
    expect(wechat.ledger()).toMatchObject([{ granted: 3 }]);
  });

  test('does not come when no popup came', async () => {
    const receiver = await startReceiver();
    const { wechat } = await startPushing(receiver);
    wechat.changeSettings({ openid: USER, mainSwitch: false });
    wechat.subscribe(accept);
    await wechat.pushed();
    expect(receiver.pushes).toEqual([]);
  });
});

test('the change event comes when templates are turned off, once, and never when one is turned on', async () => {
  const receiver = await startReceiver();
  const { wechat } = await startPushing(receiver);
  const change = (changes: { templateOff?: string[]; templateOn?: string[] }) =>
    wechat.changeSettings({ openid: USER, ...changes });
  change({ templateOff: [ID] });
  await wechat.pushed();
  change({ templateOff: [ID] });
  change({ templateOn: [ID] });
  await wechat.pushed();
  expect(receiver.pushes.map(jsonOf)).toMatchObject([
    { Event: 'subscribe_msg_change_event', List: { TemplateId: ID, SubscribeStatusString: 'reject' } },
  ]);
});

describe('the sent event', () => {
  async function startSending(options: SimulatorOptions = {}) {
    const receiver = await startReceiver();
    const simulated = await startPushing(receiver, options);
    simulated.wechat.subscribe(accept);
    await simulated.wechat.pushed();
    receiver.pushes.length = 0;
    return { ...simulated, receiver, access_token: await simulated.token() };
  }

  test('tells the success of an accepted send under the msgid of its answer, and nothing of a refused one', async () => {
    const { wechat, receiver, send, access_token } = await startSending();
    const { text } = await send(access_token);
    expect((await send(access_token)).errcode).toBe(43101);
    await wechat.pushed();
    expect(receiver.pushes.map(jsonOf)).toMatchObject([
      {
        FromUserName: USER,
        Event: 'subscribe_msg_sent_event',
        List: {
          TemplateId: ID,
          MsgID: /"msgid":(\d+)/.exec(text)?.[1],
          ErrorCode: '0',
          ErrorStatus: 'success',
        },
      },
    ]);
  });

  test('carries a MsgID or not, whatever the answer does', async () => {
    const { wechat, receiver, send, access_token } = await startSending({ switches: { msgid: false } });
    expect((await send(access_token)).text).not.toContain('msgid');
    await wechat.pushed();
    expect(receiver.pushes[0]?.body).toMatch(/"MsgID":"\d{19}"/);
    wechat.setSwitches({ msgid: true, eventMsgid: false });
    wechat.subscribe({ ...accept, results: { [ID]: 'accept' } });
    expect((await send(access_token)).text).toContain('msgid');
    await wechat.pushed();
    expect(receiver.pushes.at(-1)?.body).not.toContain('MsgID');
  });

  test('tells a failure that is asked for, of a send that was accepted', async () => {
    const { wechat, receiver, send, access_token } = await startSending();
    wechat.addPushFault({ kind: 'fail-send', errorCode: -1, errorStatus: 'system error', openid: USER });
    expect((await send(access_token)).errcode).toBe(0);
    await wechat.pushed();
    expect(receiver.pushes.map(jsonOf)).toMatchObject([
      { List: { ErrorCode: '-1', ErrorStatus: 'system error' } },
    ]);
    expect(wechat.pushFaults()).toEqual([]);
  });

  test('does not delay the answer: the callback may take as long as it likes', async () => {
    const receiver = await startReceiver(() => undefined);
    const { wechat, send, token } = await startPushing(receiver, createTime());
    wechat.subscribe(accept);
    expect((await send(await token())).errcode).toBe(0);
    await receiver.came(2);
    expect(wechat.isPushing()).toBe(true);
  });

  test('comes before the answer where the switch says so', async () => {
    const order: string[] = [];
    const receiver = await startReceiver((pushed) => {
      if (pushed.body.includes('subscribe_msg_sent_event')) order.push('event');
      return SUCCESS;
    });
    const { wechat, send, token } = await startPushing(receiver, { switches: { sentEventFirst: true } });
    wechat.subscribe(accept);
    await send(await token());
    order.push('answer');
    expect(order).toEqual(['event', 'answer']);
  });
});

describe('a delivery is repeated', () => {
  test('5 s after it began, as often as the switch says, while nobody answers', async () => {
    const receiver = await startReceiver(() => undefined);
    const time = createTime();
    const { wechat } = await startPushing(receiver, { ...time, mode: 'safe' });
    wechat.subscribe(accept);
    await receiver.came(1);
    time.passMs(4999);
    expect(receiver.pushes).toHaveLength(1);
    time.passMs(1);
    await receiver.came(2);
    time.passMs(5000);
    await receiver.came(3);
    time.passMs(5000);
    await wechat.pushed();
    expect(receiver.pushes).toHaveLength(3);
    const { stats, items } = wechat.deliveries();
    expect(stats).toMatchObject({ messages: 1, deliveries: 3, taken: 0, givenUp: 1 });
    expect(
      items.map(({ attempt, outcome, reason, startedAtMs }) => [attempt, outcome, reason, startedAtMs]),
    ).toEqual([
      [1, 'no-answer', 'deadline', NOON],
      [2, 'no-answer', 'deadline', NOON + 5000],
      [3, 'no-answer', 'deadline', NOON + 10_000],
    ]);
    expect(new Set(receiver.pushes.map(({ query }) => query['nonce'])).size).toBe(3);
    expect(new Set(receiver.pushes.map((pushed) => decrypt(encryptedIn(pushed)).message)).size).toBe(1);
    expect(time.waits()).toBe(0);
  });

  test.each([
    ['an error', { status: 500, body: 'oops' }, 'refused'],
    ['another text', { status: 200, body: '{"ok":true}' }, 'refused'],
    ['a broken connection', 'reset', 'no-answer'],
  ] as const)('after %s too, until it is taken', async (_, bad, outcome) => {
    const receiver = await startReceiver((_pushed, count) => (count === 1 ? bad : SUCCESS));
    const time = createTime();
    const { wechat } = await startPushing(receiver, { ...time });
    wechat.subscribe(accept);
    await receiver.came(1);
    await expect.poll(() => wechat.deliveries().items[0]?.outcome).toBe(outcome);
    time.passMs(5000);
    await receiver.came(2);
    await wechat.pushed();
    const { stats, items } = wechat.deliveries();
    expect(items.map((item) => item.outcome)).toEqual([outcome, 'taken']);
    expect(stats).toMatchObject({ taken: 1, givenUp: 0 });
    expect(time.waits()).toBe(0);
  });

  test('not after an empty answer', async () => {
    const receiver = await startReceiver(() => ({ status: 200, body: '' }));
    const { wechat } = await startPushing(receiver);
    wechat.subscribe(accept);
    await wechat.pushed();
    expect(wechat.deliveries().items.map((item) => item.outcome)).toEqual(['taken']);
  });

  test('not after a reset of the simulator, which keeps the callback', async () => {
    const receiver = await startReceiver(() => ({ status: 500, body: '' }));
    const time = createTime();
    const { wechat } = await startPushing(receiver, { ...time });
    wechat.subscribe(accept);
    await receiver.came(1);
    wechat.reset();
    time.passMs(60_000);
    await wechat.pushed();
    wechat.subscribe(accept);
    await receiver.came(2);
    expect(wechat.deliveries().stats).toMatchObject({ messages: 1, deliveries: 1 });
  });
});

test('the deliveries are listed with their answers, filtered and without secrets', async () => {
  const receiver = await startReceiver();
  const { wechat, control } = await startPushing(receiver, { mode: 'safe' });
  wechat.subscribe(accept);
  await wechat.pushed();
  wechat.changeSettings({ openid: OTHER, templateOff: [LONG_TERM.templateId] });
  await wechat.pushed();
  const { body } = await control('GET', '/deliveries');
  expect(body).toEqual({
    stats: { messages: 2, deliveries: 2, forgotten: 0, taken: 2, lost: 0, givenUp: 0, held: 0 },
    items: [
      {
        number: 1,
        message: 1,
        attempt: 1,
        openid: USER,
        msgType: 'event',
        event: 'subscribe_msg_popup_event',
        templateIds: [ID],
        told: [{ TemplateId: ID, SubscribeStatusString: 'accept', PopupScene: '0' }],
        mode: 'safe',
        format: 'json',
        startedAtMs: NOON,
        endedAtMs: NOON,
        outcome: 'taken',
        status: 200,
        answer: 'success',
      },
      expect.objectContaining({ number: 2, openid: OTHER, event: 'subscribe_msg_change_event' }),
    ],
  });
  for (const secret of [TOKEN, AES_KEY]) expect(JSON.stringify(body)).not.toContain(secret);
  const numbers = async (query: string) =>
    ((await control('GET', `/deliveries?${query}`)).body['items'] as { number: number }[]).map(
      (d) => d.number,
    );
  expect(await numbers(`openid=${OTHER}`)).toEqual([2]);
  expect(await numbers('event=subscribe_msg_popup_event')).toEqual([1]);
  expect(await numbers('after=1')).toEqual([2]);
  expect(await numbers('message=1')).toEqual([1]);
  expect(await numbers('limit=1')).toEqual([1]);
});
