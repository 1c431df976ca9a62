import { createDecipheriv } from 'node:crypto';

const IV_BYTES = 16;
const RANDOM_BYTES = 16;
const LENGTH_BYTES = 4;
/**
 * WeChat pads to a multiple of 32, twice the block of AES, so that no library's own unpadding fits (WeChat
 * contract §6.2).
 */
const PADDED_TO_BYTES = 32;

/** What was in an `Encrypt` text: the message, and the appid that it was made for. */
interface Opened {
  readonly message: string;
  readonly appId: string;
}

/**
 * The key in the 43 characters of EncodingAESKey; two stray bits at their end are dropped (WeChat contract
 * §6.2).
 */
function keyOf(aesKey: string): Buffer {
  return Buffer.from(`${aesKey}=`, 'base64');
}

/**
 * Opens an `Encrypt` text (WeChat contract §6.2); undefined for what was not made with this key. Check
 * `msg_signature` first.
 */
export function openSealed(encrypt: string, aesKey: string): Opened | undefined {
  const sealed = Buffer.from(encrypt, 'base64');
  if (sealed.length === 0 || sealed.length % PADDED_TO_BYTES !== 0) return undefined;
  const key = keyOf(aesKey);
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, IV_BYTES)).setAutoPadding(false);
  const content = withoutPadding(Buffer.concat([decipher.update(sealed), decipher.final()]));
  return content && taken(content);
}

function withoutPadding(padded: Buffer): Buffer | undefined {
  const added = padded.at(-1) ?? 0;
  if (added < 1 || added > PADDED_TO_BYTES) return undefined;
  const padding = padded.subarray(-added);
  return padding.every((byte) => byte === added) ? padded.subarray(0, -added) : undefined;
}

function taken(content: Buffer): Opened | undefined {
  const start = RANDOM_BYTES + LENGTH_BYTES;
  if (content.length < start) return undefined;
  const end = start + content.readUInt32BE(RANDOM_BYTES);
  if (end > content.length) return undefined;
  const message = utf8(content.subarray(start, end));
  const appId = utf8(content.subarray(end));
  return message === undefined || appId === undefined ? undefined : { message, appId };
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
