import { type Chance, createChance } from '../simulation/chance.ts';
import type { HttpRequestParts } from '../support/http-events.ts';
import { PUSH_APP_ID, PUSH_TOKEN } from '../support/pushes.ts';
import { mutate } from './mutate.ts';
import { anyMessage, check, NOW, plaintext, type Seals, sealed } from './seal.ts';

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

const KINDS = ['body', 'query', 'both', 'resealed', 'resealed', 'forged', 'plaintext', 'check'] as const;

/** The case of that number, always the same one. */
export function pushCase(seed: number, number: number): PushCase {
  const chance = createChance(seed * 1_000_003 + number);
  const kind = chance.pick(KINDS);
  switch (kind) {
    case 'body':
    case 'query':
    case 'both':
      return mutated(chance, kind);
    case 'resealed': {
      const message = anyMessage(chance);
      const request = sealed(chance, message, { message: mutate(message.render(), chance) });
      return { request, allowPlaintext: false, mayQueue: 'anything' };
    }
    case 'forged':
      return { request: forged(chance), allowPlaintext: false, mayQueue: 'nothing' };
    case 'plaintext': {
      const plain = plaintext(chance, anyMessage(chance));
      const request = { ...plain, text: mutate(plain.text ?? '', chance) };
      const allowPlaintext = chance.happens(0.8);
      return { request, allowPlaintext, mayQueue: allowPlaintext ? 'anything' : 'nothing' };
    }
    case 'check': {
      const request = check(chance);
      return {
        request: { ...request, query: mutate(request.query ?? '', chance) },
        allowPlaintext: true,
        mayQueue: 'nothing',
      };
    }
  }
}

/** A request that nobody has signed again; one body in five comes in Base64, as API Gateway does with some. */
function mutated(chance: Chance, part: 'body' | 'query' | 'both'): PushCase {
  const message = anyMessage(chance);
  const before = chance.happens(0.2)
    ? plaintext(chance, message)
    : sealed(chance, message, { beside: chance.happens(0.5) });
  const query = part === 'body' ? (before.query ?? '') : mutate(before.query ?? '', chance);
  const body = part === 'query' ? (before.text ?? '') : mutate(before.text ?? '', chance);
  const isBase64Encoded = chance.happens(0.2);
  const text = isBase64Encoded ? Buffer.from(body).toString('base64') : body;
  const request = { ...before, query, text, isBase64Encoded };
  return {
    request,
    allowPlaintext: false,
    mayQueue: isSignedAlike(before, request) ? { asBefore: before } : 'nothing',
  };
}

function isSignedAlike(before: HttpRequestParts, after: HttpRequestParts): boolean {
  const [first, second] = [new URLSearchParams(before.query), new URLSearchParams(after.query)];
  // Hex may be written in capitals.
  const same = (name: string) => first.get(name)?.toLowerCase() === second.get(name)?.toLowerCase();
  return ['signature', 'timestamp', 'nonce', 'msg_signature'].every(same);
}

/** A message with nothing wrong in it, that WeChat did not send, or not now, or not to this mini program. */
function forged(chance: Chance): HttpRequestParts {
  const seals = chance.pick<Seals>([
    { token: otherToken(chance) },
    { msgToken: otherToken(chance) },
    { timestamp: String(Number(NOW) + chance.pick([-1, 1]) * chance.between(301, 100_000)) },
    { appId: `${PUSH_APP_ID}0` },
    { aesKey: 'A'.repeat(43) },
  ]);
  return sealed(chance, anyMessage(chance), seals);
}

function otherToken(chance: Chance): string {
  const token = mutate(PUSH_TOKEN, chance);
  return token === PUSH_TOKEN ? 'another' : token;
}
