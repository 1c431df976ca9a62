import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { openSealed } from './cipher.ts';
import { readFields } from './read-fields.ts';
import { type PushedMessage, readMessage } from './read-message.ts';

/** What the owner entered in WeChat's console for message push (WeChat contract §6.1). */
interface PushSettings {
  readonly appId: string;
  readonly token: string;
  /** EncodingAESKey; without it only plaintext can be read. */
  readonly aesKey?: string;
  /** Whether bodies are taken that no signature covers (WeChat contract §6.2). */
  readonly allowPlaintext: boolean;
}

/** The parameters with which WeChat signs; an empty text is one that was not sent. */
export interface PushQuery {
  readonly signature: string;
  readonly timestamp: string;
  readonly nonce: string;
  /** Only with an encrypted body. */
  readonly msgSignature: string;
}

/** Why a request is not taken for WeChat's. */
export type PushRefusal =
  | 'signature'
  | 'timestamp'
  | 'msg-signature'
  | 'plaintext'
  | 'no-key'
  | 'sealed'
  | 'appid';

/**
 * What came of a pushed body. `unreadable`: it is WeChat's, but neither XML nor JSON, or it names no type of
 * message.
 */
type PushResult =
  | PushedMessage
  | { readonly type: 'refused'; readonly reason: PushRefusal }
  | { readonly type: 'unreadable' };

/** Tells WeChat's requests from others and reads them. */
export interface PushReceiver {
  /** Why the query was not made by WeChat just now; undefined when it was. */
  refusalOf(query: PushQuery): PushRefusal | undefined;
  /**
   * Reads a body, whatever its mode and format. Nothing is parsed before every signature on it has been
   * checked.
   */
  receive(query: PushQuery, body: string): PushResult;
}

/** How far WeChat's clock may be from ours; an old request that someone kept is refused. */
const WINDOW_MS = 5 * 60_000;

/**
 * `<Encrypt><![CDATA[…` and `"Encrypt":"…`, as WeChat writes them. Each reads on from where it began, once.
 */
const IN_XML = /<Encrypt>(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)/g;
const IN_JSON = /"Encrypt"\s*:\s*"([^"]+)"/g;

/** A receiver of what WeChat pushes to one mini program. */
export function createPushReceiver(settings: PushSettings, clock: Clock): PushReceiver {
  const { appId, token, aesKey, allowPlaintext } = settings;

  function refusalOf({ signature, timestamp, nonce }: PushQuery): PushRefusal | undefined {
    if (!isSignatureOf(signature, [token, timestamp, nonce])) return 'signature';
    const isNow = /^\d{1,12}$/.test(timestamp) && Math.abs(Number(timestamp) * 1000 - clock()) <= WINDOW_MS;
    return isNow ? undefined : 'timestamp';
  }

  /** The message that the signatures vouch for, as text. */
  function open(query: PushQuery, body: string): string | { type: 'refused'; reason: PushRefusal } {
    const { timestamp, nonce, msgSignature } = query;
    const refusal = refusalOf(query);
    if (refusal) return refused(refusal);
    if (msgSignature === '') return allowPlaintext ? body : refused('plaintext');
    if (aesKey === undefined) return refused('no-key');
    const sealed = sealedTexts(body).find((text) =>
      isSignatureOf(msgSignature, [token, timestamp, nonce, text]),
    );
    if (sealed === undefined) return refused('msg-signature');
    const opened = openSealed(sealed, aesKey);
    if (opened === undefined) return refused('sealed');
    return opened.appId === appId ? opened.message : refused('appid');
  }

  return {
    refusalOf,
    receive(query, body) {
      const text = open(query, body);
      if (typeof text !== 'string') return text;
      const fields = readFields(text);
      return (fields && readMessage(fields)) ?? { type: 'unreadable' };
    },
  };
}

const refused = (reason: PushRefusal) => ({ type: 'refused', reason }) as const;

/**
 * Whether WeChat made `signature`: hex SHA-1 of the parts, sorted as strings and joined. The parts are Token,
 * timestamp and nonce for `signature` and the `Encrypt` text as well for `msg_signature` (WeChat contract
 * §6.1, §6.2). The time taken tells nothing of how much of it was right.
 */
export function isSignatureOf(signature: string, parts: readonly string[]): boolean {
  // Buffer takes more characters for hex digits than these.
  if (!/^[0-9a-f]{40}$/i.test(signature)) return false;
  const expected = createHash('sha1')
    .update([...parts].sort().join(''))
    .digest();
  return timingSafeEqual(Buffer.from(signature, 'hex'), expected);
}

/**
 * Every text in a body that may be its `Encrypt` (WeChat contract §6.2). Found without parsing the body,
 * which nobody has vouched for; in compatible mode a user's own words may look like one. `msg_signature`
 * tells which is real.
 */
function sealedTexts(body: string): string[] {
  const inXml = [...body.matchAll(IN_XML)].map(([, text = '']) => text);
  const inJson = [...body.matchAll(IN_JSON)].map(([, text = '']) => unescaped(text));
  return [...inXml, ...inJson];
}

/** Some writers of JSON escape `/` and `+`. */
function unescaped(text: string): string {
  return text
    .replaceAll('\\/', '/')
    .replaceAll(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
