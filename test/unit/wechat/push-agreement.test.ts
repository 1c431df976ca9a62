import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPushReceiver, type PushQuery } from '../../../lib/wechat/push/receive-push.ts';
import type { SubscribeEvent } from '../../../lib/wechat-events/event-job.ts';
import {
  buildDelivery,
  type DeliveryRequest,
} from '../../../local/wechat-simulator/events/build-delivery.ts';
import { type Callback, PUSH_FORMATS, PUSH_MODES } from '../../../local/wechat-simulator/events/callback.ts';
import {
  changeMessage,
  type PushMessage,
  popupMessage,
  sentMessage,
} from '../../../local/wechat-simulator/events/push-message.ts';
import { JSON_SCALARS, type JsonHabits } from '../../../local/wechat-simulator/events/render-message.ts';

/* The simulated WeChat and the service were written apart, so that each checks the other. */

const NOW_MS = 1_790_000_000_000;
const APP_ID = 'wx5e1fa0c0ffee1234';

const name = fc.stringMatching(/^[\w-]{1,43}$/);
const status = fc.constantFrom('accept', 'reject');
const choice = fc.record({ templateId: name, status });
const sentResult = fc.record({
  templateId: name,
  msgid: fc.option(fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }).map(String), { nil: undefined }),
  errorCode: fc.constantFrom(0, -1, 43101),
  errorStatus: fc.constantFrom('success', 'system error', '失败 ]]> & <b> "x" \\'),
});

type Made = Omit<PushMessage, 'openid' | 'createTime'>;
type Meant = { made: Made; event: Pick<SubscribeEvent, 'type' | 'items'> };

const meant = fc.oneof(
  fc.array(choice, { minLength: 1, maxLength: 5 }).map((items): Meant => {
    const event = { type: 'popup' as const, items: items.map((item) => ({ ...item, scene: 0 })) };
    return { made: popupMessage(items), event };
  }),
  fc.array(name, { minLength: 1, maxLength: 3 }).map((ids): Meant => {
    const items = ids.map((templateId) => ({ templateId, status: 'reject' }));
    return { made: changeMessage(ids), event: { type: 'change', items } };
  }),
  sentResult.map((result): Meant => {
    const { templateId, msgid, errorCode: errcode, errorStatus } = result;
    const item = { templateId, ...(msgid !== undefined && { msgid }), errcode, errorStatus };
    return { made: sentMessage(result), event: { type: 'sent', items: [item] } };
  }),
);

const settings = fc.record({
  token: fc.stringMatching(/^[A-Za-z0-9]{3,32}$/),
  aesKey: fc.stringMatching(/^[A-Za-z0-9]{43}$/),
  mode: fc.constantFrom(...PUSH_MODES),
  format: fc.constantFrom(...PUSH_FORMATS),
});
const habits = fc.record({
  jsonScalars: fc.constantFrom(...JSON_SCALARS),
  jsonListOfOne: fc.constantFrom('object' as const, 'array' as const),
});

const deliveryOf = (message: PushMessage, callback: Omit<Callback, 'url'>, as: JsonHabits) =>
  buildDelivery(message, {
    callback: { url: 'https://service.example/v1/wechat/events', ...callback },
    appId: APP_ID,
    toUserName: 'gh_5e1fa0c0ffee',
    nowMs: NOW_MS,
    habits: as,
  });

function queryOf({ url }: DeliveryRequest): PushQuery {
  const { searchParams } = new URL(url);
  const read = (key: string) => searchParams.get(key) ?? '';
  return {
    signature: read('signature'),
    timestamp: read('timestamp'),
    nonce: read('nonce'),
    msgSignature: read('msg_signature'),
  };
}

test('whatever the simulated WeChat pushes, in any mode and format, the service reads as it was meant', () => {
  fc.assert(
    fc.property(meant, name, settings, habits, ({ made, event }, openid, callback, as) => {
      const delivery = deliveryOf({ openid, createTime: NOW_MS / 1000, ...made }, callback, as);
      const receiver = createPushReceiver({ appId: APP_ID, allowPlaintext: true, ...callback }, () => NOW_MS);
      expect(receiver.receive(queryOf(delivery), delivery.body ?? '')).toEqual({
        type: 'subscribe',
        event: { ...event, openid, createdAtMs: NOW_MS },
      });
    }),
    { numRuns: 1000 },
  );
});

test('nothing that was signed or encrypted for somebody else is read', () => {
  const change = fc.constantFrom(
    { token: 'another' },
    { aesKey: 'B'.repeat(43) },
    { appId: 'wxforeign' },
    { clockMs: NOW_MS + 3_600_000 },
    { allowPlaintext: false, mode: 'plaintext' as const },
  );
  fc.assert(
    fc.property(meant, settings, habits, change, ({ made }, callback, as, { clockMs = NOW_MS, ...other }) => {
      const mode = callback.mode === 'plaintext' ? 'safe' : callback.mode;
      const message = { openid: 'oUser', createTime: NOW_MS / 1000, ...made };
      const pushed = { ...callback, mode, ...('mode' in other && { mode: other.mode }) };
      const delivery = deliveryOf(message, pushed, as);
      const service = { appId: APP_ID, allowPlaintext: true, ...callback, ...other };
      const result = createPushReceiver(service, () => clockMs).receive(
        queryOf(delivery),
        delivery.body ?? '',
      );
      expect(result).toMatchObject({ type: 'refused' });
    }),
    { numRuns: 300 },
  );
});
