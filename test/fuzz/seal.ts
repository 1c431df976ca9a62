import { encryptMessage, signatureOf } from '../../local/wechat-simulator/events/push-crypto.ts';
import type { PushMessage } from '../../local/wechat-simulator/events/push-message.ts';
import {
  JSON_SCALARS,
  renderJson,
  renderSealed,
  renderXml,
} from '../../local/wechat-simulator/events/render-message.ts';
import type { Chance } from '../simulation/chance.ts';
import type { HttpRequestParts } from '../support/http-events.ts';
import { PUSH_AES_KEY, PUSH_APP_ID, PUSH_NOW_MS, PUSH_TOKEN, PUSHED } from '../support/pushes.ts';

/** What a request is signed and sealed with; what is left out is right. */
export interface Seals {
  readonly token?: string;
  readonly msgToken?: string;
  readonly timestamp?: string;
  readonly appId?: string;
  readonly aesKey?: string;
}

export const NOW = String(PUSH_NOW_MS / 1000);
const TO = 'gh_1';

/** A message, and how it is written. */
export interface Written {
  readonly format: 'xml' | 'json';
  /** The whole of it as text, with `Encrypt` in it for compatible mode. */
  readonly render: (encrypt?: string) => string;
}

/** Any message, in any format that WeChat has. */
export function anyMessage(chance: Chance): Written {
  const message = chance.pick<PushMessage>(Object.values(PUSHED));
  const format = chance.pick(['xml', 'json'] as const);
  const habits = {
    jsonScalars: chance.pick(JSON_SCALARS),
    jsonListOfOne: chance.pick(['object', 'array'] as const),
  };
  const render = (encrypt?: string) =>
    format === 'xml' ? renderXml(message, TO, encrypt) : renderJson(message, TO, habits, encrypt);
  return { format, render };
}

const PATH = '/v1/wechat/events';
const nonceOf = ({ between }: Chance) => String(between(0, 1_000_000_000));
const contentType = (format: Written['format']) => (format === 'xml' ? 'text/xml' : 'application/json');

function signed(chance: Chance, { token = PUSH_TOKEN, timestamp = NOW }: Seals = {}) {
  const nonce = nonceOf(chance);
  return { signature: signatureOf(token, timestamp, nonce), timestamp, nonce };
}

/** The check of the URL. */
export function check(chance: Chance): HttpRequestParts {
  const query = { ...signed(chance), echostr: nonceOf(chance) };
  return { method: 'GET', path: PATH, query: String(new URLSearchParams(query)) };
}

/** A push in plaintext mode. */
export function plaintext(chance: Chance, { format, render }: Written): HttpRequestParts {
  return {
    method: 'POST',
    path: PATH,
    query: String(new URLSearchParams({ ...signed(chance), openid: 'oUser1' })),
    headers: { 'content-type': contentType(format) },
    text: render(),
  };
}

/** A push in safe mode or, with `beside`, in compatible mode. `message` is what is sealed. */
export function sealed(
  chance: Chance,
  { format, render }: Written,
  { message = render(), beside = false, ...seals }: Seals & { message?: string; beside?: boolean } = {},
): HttpRequestParts {
  const { aesKey = PUSH_AES_KEY, appId = PUSH_APP_ID, msgToken = PUSH_TOKEN } = seals;
  const random = Buffer.from(Array.from({ length: 16 }, () => chance.between(0, 255)));
  const encrypt = encryptMessage(message, { aesKey, appId, random });
  const query = signed(chance, seals);
  const msg_signature = signatureOf(msgToken, query.timestamp, query.nonce, encrypt);
  return {
    method: 'POST',
    path: PATH,
    query: String(new URLSearchParams({ ...query, openid: 'oUser1', encrypt_type: 'aes', msg_signature })),
    headers: { 'content-type': contentType(format) },
    text: beside ? render(encrypt) : renderSealed(format, TO, encrypt),
  };
}
