import { randomInt } from 'node:crypto';
import type { Callback } from './callback.ts';
import { encryptMessage, signatureOf } from './push-crypto.ts';
import type { PushMessage } from './push-message.ts';
import { type JsonHabits, renderJson, renderSealed, renderXml } from './render-message.ts';

/** One request to the callback. */
export interface DeliveryRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly contentType?: string;
  readonly body?: string;
}

/** What a delivery is made from. */
export interface DeliveryParts {
  readonly callback: Callback;
  readonly appId: string;
  readonly toUserName: string;
  readonly nowMs: number;
  readonly habits: JsonHabits;
}

const CONTENT_TYPES = { xml: 'text/xml', json: 'application/json' } as const;

/** The POST that pushes `message`, signed and, unless in plaintext, encrypted (WeChat contract §6.2). */
export function buildDelivery(message: PushMessage, parts: DeliveryParts): DeliveryRequest {
  const { callback, appId, toUserName } = parts;
  const { token, aesKey, mode, format } = callback;
  const signed = signedQuery(token, parts.nowMs);
  const render = (encrypt?: string) =>
    format === 'xml'
      ? renderXml(message, toUserName, encrypt)
      : renderJson(message, toUserName, parts.habits, encrypt);
  const post = (query: Readonly<Record<string, string>>, body: string): DeliveryRequest => ({
    method: 'POST',
    url: withQuery(callback.url, { ...signed, openid: message.openid, ...query }),
    contentType: CONTENT_TYPES[format],
    body,
  });
  if (mode === 'plaintext') return post({}, render());
  const encrypt = encryptMessage(render(), { aesKey, appId });
  const msgSignature = signatureOf(token, signed.timestamp, signed.nonce, encrypt);
  return post(
    { encrypt_type: 'aes', msg_signature: msgSignature },
    mode === 'safe' ? renderSealed(format, toUserName, encrypt) : render(encrypt),
  );
}

/** The GET that WeChat sends when the admin saves the URL; the callback must answer `echostr` (WeChat contract §6.1). */
export function buildVerification(
  { url, token }: Callback,
  nowMs: number,
): { readonly request: DeliveryRequest; readonly echostr: string } {
  const echostr = digits(19);
  return {
    request: { method: 'GET', url: withQuery(url, { ...signedQuery(token, nowMs), echostr }) },
    echostr,
  };
}

function signedQuery(token: string, nowMs: number) {
  const timestamp = String(Math.floor(nowMs / 1000));
  const nonce = digits(10);
  return { signature: signatureOf(token, timestamp, nonce), timestamp, nonce };
}

function withQuery(base: string, query: Readonly<Record<string, string>>): string {
  const url = new URL(base);
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
  return url.href;
}

function digits(count: number): string {
  return Array.from({ length: count }, (_, i) => randomInt(i === 0 ? 1 : 0, 10)).join('');
}
