import {
  buildDelivery,
  buildVerification,
  type DeliveryParts,
  type DeliveryRequest,
} from '../../local/wechat-simulator/events/build-delivery.ts';
import type { Callback } from '../../local/wechat-simulator/events/callback.ts';
import {
  changeMessage,
  type PushMessage,
  popupMessage,
  sentMessage,
} from '../../local/wechat-simulator/events/push-message.ts';
import type { HttpRequestParts } from './http-events.ts';

/** When everything in these pushes happens, and what they are signed and encrypted with. */
export const PUSH_NOW_MS = 1_796_086_800_000;
export const PUSH_APP_ID = 'wx0123456789abcdef';
export const PUSH_TOKEN = 'pushToken1';
export const PUSH_AES_KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';

const CALLBACK = {
  url: 'https://service.example/v1/wechat/events',
  token: PUSH_TOKEN,
  aesKey: PUSH_AES_KEY,
  mode: 'safe',
  format: 'json',
} as const;

/** How a push differs from one in safe mode and JSON, made now with the right token and key. */
export type PushChanges = Partial<Callback> & Partial<Omit<DeliveryParts, 'callback'>>;

const about = (made: Omit<PushMessage, 'openid' | 'createTime'>): PushMessage => ({
  openid: 'oUser1',
  createTime: PUSH_NOW_MS / 1000,
  ...made,
});

/** One message of each kind that matters. */
export const PUSHED = {
  popup: about(
    popupMessage([
      { templateId: 'T1', status: 'accept' },
      { templateId: 'T2', status: 'reject' },
    ]),
  ),
  change: about(changeMessage(['T1'])),
  sent: about(
    sentMessage({ templateId: 'T1', msgid: '1700000000000000001', errorCode: 0, errorStatus: 'success' }),
  ),
  text: about({ msgType: 'text', fields: { Content: '在吗 ]]> <b> "x" \\', MsgId: '23456789012345678' } }),
  enter: about({ msgType: 'event', event: 'user_enter_tempsession', fields: { SessionFrom: 'shop' } }),
} satisfies Record<string, PushMessage>;

function partsOf(changes: PushChanges): DeliveryParts {
  const { appId = PUSH_APP_ID, toUserName = 'gh_1', nowMs = PUSH_NOW_MS, habits, ...callback } = changes;
  return {
    callback: { ...CALLBACK, ...callback },
    appId,
    toUserName,
    nowMs,
    habits: habits ?? { jsonScalars: 'mixed', jsonListOfOne: 'object' },
  };
}

function requestOf({ method, url, body, contentType }: DeliveryRequest): HttpRequestParts {
  const { pathname, search } = new URL(url);
  return {
    method,
    path: pathname,
    query: search.slice(1),
    ...(body !== undefined && { text: body }),
    ...(contentType !== undefined && { headers: { 'content-type': contentType } }),
  };
}

/** The request with which WeChat pushes a message. */
export function pushRequest(message: PushMessage, changes: PushChanges = {}): HttpRequestParts {
  return requestOf(buildDelivery(message, partsOf(changes)));
}

/** The request with which WeChat checks the URL, and what it wants to be answered. */
export function verificationRequest(changes: PushChanges = {}) {
  const { callback, nowMs } = partsOf(changes);
  const { request, echostr } = buildVerification(callback, nowMs);
  return { request: requestOf(request), echostr };
}
