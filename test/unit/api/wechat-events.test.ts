import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../handlers/wechat-events.ts';
import { createPushReceiver } from '../../../lib/wechat/push/receive-push.ts';
import type { EventJob } from '../../../lib/wechat-events/event-job.ts';
import { oneApp } from '../../support/api-credentials.ts';
import { call, type HttpRequestParts } from '../../support/http-events.ts';
import { keptLogs } from '../../support/log-lines.ts';
import {
  PUSH_AES_KEY,
  PUSH_APP_ID,
  PUSH_NOW_MS,
  PUSH_TOKEN,
  PUSHED,
  pushRequest,
  verificationRequest,
} from '../../support/pushes.ts';

function setUp({ plaintext = false, forward = false, queue = async () => {} } = {}) {
  const logs = keptLogs();
  const queued: EventJob[] = [];
  const settings = {
    appId: PUSH_APP_ID,
    token: PUSH_TOKEN,
    aesKey: PUSH_AES_KEY,
    allowPlaintext: plaintext,
  };
  const apps = oneApp({
    receiver: createPushReceiver(settings, () => PUSH_NOW_MS),
    enqueue: async (job: EventJob) => {
      await queue();
      queued.push(job);
    },
    forwardMessages: forward,
    logger: logs.logger,
  });
  const handler = createHandler({ apps, logger: logs.logger });
  return { queued, logs, request: (parts: HttpRequestParts) => call(handler, parts) };
}

const POPUP = {
  type: 'subscribe',
  event: {
    type: 'popup',
    openid: 'oUser1',
    createdAtMs: PUSH_NOW_MS,
    items: [
      { templateId: 'T1', status: 'accept', scene: 0 },
      { templateId: 'T2', status: 'reject', scene: 0 },
    ],
  },
};

describe('GET /v1/wechat/events', () => {
  it('answers the echostr as bare text', async () => {
    const { request, echostr } = verificationRequest();
    const reply = await setUp().request(request);
    expect(reply).toMatchObject({ status: 200, body: echostr });
    expect(reply.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  it.each([
    ['another token', verificationRequest({ token: 'another' }).request],
    ['a time long ago', verificationRequest({ nowMs: PUSH_NOW_MS - 301_000 }).request],
    ['no signature at all', { path: '/v1/wechat/events', query: 'echostr=1' }],
  ])('refuses %s and echoes nothing', async (_, request) => {
    const reply = await setUp().request(request);
    expect(reply).toMatchObject({ status: 403, body: { code: 'invalid-signature' } });
  });
});

describe('POST /v1/wechat/events', () => {
  it('queues the event and answers success', async () => {
    const { request, queued } = setUp();
    const reply = await request(pushRequest(PUSHED.popup));
    expect(reply).toMatchObject({ status: 200, body: 'success' });
    expect(queued).toEqual([POPUP]);
  });

  it('does not answer success before the event is on the queue', async () => {
    const { request, logs } = setUp({ queue: () => Promise.reject(new Error('no queue')) });
    expect(await request(pushRequest(PUSHED.popup))).toMatchObject({ status: 500 });
    expect(logs.text()).toContain('no queue');
  });

  it('takes a body that API Gateway took for binary', async () => {
    const { request, queued } = setUp();
    const push = pushRequest(PUSHED.popup, { format: 'xml' });
    const text = Buffer.from(push.text ?? '').toString('base64');
    expect(await request({ ...push, text, isBase64Encoded: true })).toMatchObject({ status: 200 });
    expect(queued).toEqual([POPUP]);
  });

  it('acknowledges other messages, and keeps them only where that is asked for', async () => {
    const [silent, forwarding] = [setUp(), setUp({ forward: true })];
    for (const message of [PUSHED.text, PUSHED.enter]) {
      expect(await silent.request(pushRequest(message))).toMatchObject({ status: 200, body: 'success' });
      expect(await forwarding.request(pushRequest(message))).toMatchObject({ status: 200, body: 'success' });
    }
    expect(silent.queued).toEqual([]);
    expect(forwarding.queued).toMatchObject([
      { type: 'other', name: 'text', fields: { Content: '在吗 ]]> <b> "x" \\', FromUserName: 'oUser1' } },
      { type: 'other', name: 'user_enter_tempsession', fields: { SessionFrom: 'shop' } },
    ]);
  });

  it('acknowledges a subscribe event that is not as documented, and says so in the log', async () => {
    const { request, queued, logs } = setUp();
    const strange = { ...PUSHED.popup, items: [{ TemplateId: 'T1' }] };
    expect(await request(pushRequest(strange))).toMatchObject({ status: 200, body: 'success' });
    expect(queued).toEqual([]);
    expect(logs.text()).toContain('SubscribeStatusString');
  });

  it('takes the good items of an event in, and names the bad ones in the log', async () => {
    const { request, queued, logs } = setUp();
    const items = [
      { TemplateId: 'T1' },
      ...(PUSHED.popup.items ?? []),
      { TemplateId: 'T3', SubscribeStatusString: '' },
    ];
    expect(await request(pushRequest({ ...PUSHED.popup, items }))).toMatchObject({ status: 200 });
    expect(queued).toEqual([POPUP]);
    expect(logs.text()).toContain('List.0.SubscribeStatusString');
    expect(logs.text()).toContain(`List.${items.length - 1}.SubscribeStatusString`);
  });

  it.each([
    [
      'plaintext, while that is off',
      pushRequest(PUSHED.popup, { mode: 'plaintext' }),
      'WECHAT_PUSH_PLAINTEXT',
    ],
    ['another token', pushRequest(PUSHED.popup, { token: 'another' }), 'WECHAT_PUSH_TOKEN'],
    ['another key', pushRequest(PUSHED.popup, { aesKey: 'A'.repeat(43) }), 'WECHAT_PUSH_AES_KEY'],
    ['another appid', pushRequest(PUSHED.popup, { appId: 'wxforeign' }), 'WECHAT_APP_ID'],
    ['an hour ago', pushRequest(PUSHED.popup, { nowMs: PUSH_NOW_MS - 3_600_000 }), 'five minutes'],
  ])('refuses %s, and says what to compare', async (_, push, hint) => {
    const { request, queued, logs } = setUp();
    const reply = await request(push);
    expect(reply).toMatchObject({ status: 403, body: { code: 'invalid-signature' } });
    expect(reply.body.detail).toContain(hint);
    expect(queued).toEqual([]);
    for (const secret of [PUSH_TOKEN, PUSH_AES_KEY]) expect(reply.text + logs.text()).not.toContain(secret);
  });

  it('takes plaintext where that is allowed, in XML and JSON', async () => {
    const { request, queued } = setUp({ plaintext: true });
    for (const format of ['xml', 'json'] as const) {
      expect(await request(pushRequest(PUSHED.popup, { mode: 'plaintext', format }))).toMatchObject({
        status: 200,
      });
    }
    expect(queued).toEqual([POPUP, POPUP]);
  });

  it('refuses a body over 64 KB, whatever its characters', async () => {
    const { request, queued } = setUp({ plaintext: true });
    const push = pushRequest(PUSHED.text, { mode: 'plaintext' });
    const ofBytes = (bytes: number) => ({
      ...push,
      text: `${push.text}${' '.repeat(bytes - Buffer.byteLength(push.text ?? ''))}`,
    });
    expect(await request(ofBytes(65_536))).toMatchObject({ status: 200 });
    expect(await request(ofBytes(65_537))).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
    expect(await request({ ...push, text: '订'.repeat(21_846) })).toMatchObject({ status: 413 });
    expect(queued).toEqual([]);
  });

  it('tells WeChat when what it signed cannot be read, so that it shows in its console', async () => {
    const { request, logs } = setUp({ plaintext: true });
    const push = { ...pushRequest(PUSHED.text, { mode: 'plaintext' }), text: 'hello' };
    expect(await request(push)).toMatchObject({ status: 422, body: { code: 'invalid-body' } });
    expect(logs.lines).toHaveLength(1);
  });
});

it('without a token there is no such address, for GET and POST', async () => {
  const { logger } = keptLogs();
  const apps = oneApp({ enqueue: async () => {}, forwardMessages: false, logger });
  const handler = createHandler({ apps, logger });
  for (const request of [verificationRequest().request, pushRequest(PUSHED.popup)]) {
    expect(await call(handler, request)).toMatchObject({ status: 404, body: { code: 'not-found' } });
  }
});
