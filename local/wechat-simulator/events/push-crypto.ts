import { createCipheriv, createHash, randomBytes } from 'node:crypto';

/** Padding fills up to a multiple of this, so that 1 to 32 bytes are added (WeChat contract §6.2). */
const PADDED_TO_BYTES = 32;
const IV_BYTES = 16;

/** Hex SHA-1 of the parts, sorted as strings and joined: `signature` and `msg_signature` (WeChat contract §6.1, §6.2). */
export function signatureOf(...parts: readonly string[]): string {
  return createHash('sha1')
    .update([...parts].sort().join(''))
    .digest('hex');
}

/**
 * The `Encrypt` text: AES-256-CBC over 16 random bytes, the length of `message` in bytes, `message` and the appid
 * (WeChat contract §6.2).
 *
 * @param aesKey the 43 characters of EncodingAESKey
 */
export function encryptMessage(
  message: string,
  { aesKey, appId, random = randomBytes(16) }: { aesKey: string; appId: string; random?: Buffer },
): string {
  const key = Buffer.from(`${aesKey}=`, 'base64');
  const text = Buffer.from(message);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, IV_BYTES)).setAutoPadding(false);
  const filled = padded(Buffer.concat([random, length, text, Buffer.from(appId)]));
  return Buffer.concat([cipher.update(filled), cipher.final()]).toString('base64');
}

/** PKCS#7, but to 32 bytes where AES alone would take 16. */
function padded(content: Buffer): Buffer {
  const missing = PADDED_TO_BYTES - (content.length % PADDED_TO_BYTES);
  return Buffer.concat([content, Buffer.alloc(missing, missing)]);
}
