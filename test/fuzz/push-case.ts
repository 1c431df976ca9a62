import { PUSH_FORMATS, PUSH_MODES } from '../../local/wechat-simulator/events/callback.ts';
import { encryptMessage, signatureOf } from '../../local/wechat-simulator/events/push-crypto.ts';
import { JSON_SCALARS } from '../../local/wechat-simulator/events/render-message.ts';
import { type Chance, createChance } from '../simulation/chance.ts';
import type { HttpRequestParts } from '../support/http-events.ts';
import {
  PUSH_AES_KEY,
  PUSH_APP_ID,
  PUSH_NOW_MS,
  PUSH_TOKEN,
  PUSHED,
  pushRequest,
  verificationRequest,
} from '../support/pushes.ts';
import { mutate } from './mutate.ts';

/** One request and what may come of it. */
export interface PushCase {
  readonly request: HttpRequestParts;
  /** Whether the service also takes plaintext, as its settings may say. */
  readonly allowPlaintext: boolean;
  /**
   * What may be put on the queue: nothing; whatever the body says, because WeChat vouches for it; or only what the request
   * would have put there before it was mutated.
   */
  readonly mayQueue: 'nothing' | 'anything' | { readonly asBefore: HttpRequestParts };
}

const NOW = String(PUSH_NOW_MS / 1000);

/** The case of that number, always the same one. */
export function pushCase(seed: number, number: number): PushCase {
  const chance = createChance(seed * 1_000_003 + number);
  const request = validPush(chance);
  switch (
    chance.pick(['body', 'query', 'both', 'resealed', 'resealed', 'forged', 'plaintext', 'check'] as const)
  ) {
    case 'body':
      return unvouched(chance, request, { ...request, text: mutate(request.text ?? '', chance) });
    case 'query':
      return unvouched(chance, request, { ...request, query: mutate(request.query ?? '', chance) });
    case 'both':
      return unvouched(chance, request, {
        ...request,
        text: mutate(request.text ?? '', chance),
        query: mutate(request.query ?? '', chance),
      });
    case 'resealed':
      return { request: resealed(chance), allowPlaintext: false, mayQueue: 'anything' };
    case 'forged':
      return { request: forged(chance), allowPlaintext: false, mayQueue: 'nothing' };
    case 'plaintext': {
      const plain = pushRequest(anyMessage(chance), { ...variant(chance), mode: 'plaintext' });
      const text = mutate(plain.text ?? '', chance);
      const allowPlaintext = chance.happens(0.8);
      return {
        request: { ...plain, text },
        allowPlaintext,
        mayQueue: allowPlaintext ? 'anything' : 'nothing',
      };
    }
    case 'check': {
      const { request: check } = verificationRequest();
      const query = mutate(check.query ?? '', chance);
      return { request: { ...check, query }, allowPlaintext: true, mayQueue: 'nothing' };
    }
  }
}

/** A mutated request that nobody has signed again; one body in five comes in Base64, as API Gateway does with some. */
function unvouched(chance: Chance, before: HttpRequestParts, after: HttpRequestParts): PushCase {
  const isBase64Encoded = chance.happens(0.2);
  const text = isBase64Encoded ? Buffer.from(after.text ?? '').toString('base64') : (after.text ?? '');
  return {
    request: { ...after, text, isBase64Encoded },
    allowPlaintext: false,
    mayQueue: isSignedAlike(before, after) ? { asBefore: before } : 'nothing',
  };
}

function isSignedAlike(before: HttpRequestParts, after: HttpRequestParts): boolean {
  const [first, second] = [new URLSearchParams(before.query), new URLSearchParams(after.query)];
  // Hex may be written in capitals.
  const same = (name: string) => first.get(name)?.toLowerCase() === second.get(name)?.toLowerCase();
  return ['signature', 'timestamp', 'nonce', 'msg_signature'].every(same);
}

const anyMessage = (chance: Chance) => chance.pick(Object.values(PUSHED));

const variant = (chance: Chance) => ({
  format: chance.pick(PUSH_FORMATS),
  habits: {
    jsonScalars: chance.pick(JSON_SCALARS),
    jsonListOfOne: chance.pick(['object', 'array'] as const),
  },
});

function validPush(chance: Chance): HttpRequestParts {
  return pushRequest(anyMessage(chance), { ...variant(chance), mode: chance.pick(PUSH_MODES) });
}

/** How a request is signed and sealed. */
interface Seals {
  readonly token?: string;
  readonly msgToken?: string;
  readonly timestamp?: string;
  readonly appId?: string;
  readonly aesKey?: string;
}

/** A message that went wrong before WeChat sealed and signed it. */
function resealed(chance: Chance): HttpRequestParts {
  const plain = pushRequest(anyMessage(chance), { ...variant(chance), mode: 'plaintext' });
  return sealed(chance, plain, mutate(plain.text ?? '', chance), {});
}

/** A message with nothing wrong in it, that WeChat did not send, or not now, or not to this mini program. */
function forged(chance: Chance): HttpRequestParts {
  const plain = pushRequest(anyMessage(chance), { ...variant(chance), mode: 'plaintext' });
  const late = String(Number(NOW) + chance.pick([-1, 1]) * chance.between(301, 100_000));
  const seals = chance.pick<Seals>([
    { token: mutate(PUSH_TOKEN, chance).replace(PUSH_TOKEN, '') },
    { msgToken: mutate(PUSH_TOKEN, chance).replace(PUSH_TOKEN, '') },
    { timestamp: late },
    { appId: `${PUSH_APP_ID}0` },
    { aesKey: 'A'.repeat(43) },
  ]);
  return sealed(chance, plain, plain.text ?? '', seals);
}

function sealed(chance: Chance, plain: HttpRequestParts, message: string, seals: Seals): HttpRequestParts {
  const { token = PUSH_TOKEN, timestamp = NOW, appId = PUSH_APP_ID, aesKey = PUSH_AES_KEY } = seals;
  const encrypt = encryptMessage(message, { aesKey, appId });
  const nonce = String(chance.between(0, 1_000_000_000));
  const query = new URLSearchParams({
    signature: signatureOf(token, timestamp, nonce),
    timestamp,
    nonce,
    encrypt_type: 'aes',
    msg_signature: signatureOf(seals.msgToken ?? PUSH_TOKEN, timestamp, nonce, encrypt),
  });
  return { ...plain, query: String(query), text: JSON.stringify({ ToUserName: 'gh_1', Encrypt: encrypt }) };
}
