import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether WeChat made `signature`: hex SHA-1 of the parts, sorted as strings and joined. The parts are Token, timestamp and
 * nonce for `signature` and the `Encrypt` text as well for `msg_signature` (WeChat contract §6.1, §6.2). The time taken
 * tells nothing of how much of it was right.
 */
export function isSignatureOf(signature: string, parts: readonly string[]): boolean {
  // Buffer takes more characters for hex digits than these.
  if (!/^[0-9a-f]{40}$/i.test(signature)) return false;
  const expected = createHash('sha1')
    .update([...parts].sort().join(''))
    .digest();
  return timingSafeEqual(Buffer.from(signature, 'hex'), expected);
}
