import { expect, test } from 'vitest';
import { isSignatureOf } from '../../../../lib/wechat/push/receive-push.ts';
import { OTHER_KEY, ZERO_KEY } from './vectors.ts';

test.each([
  ['GET', '1714036504', '1514711492', 'f464b24fc39322e44b38aa78f5edd27bd1441696'],
  ['plaintext POST', '1714037059', '486452656', '899cf89e464efb63f54ddac96b0a0a235f53aa78'],
  ['safe POST', '1714112445', '415670741', '6c5c811b55cc85e0e1b54100749188c20beb3f5d'],
])('WeChat’s sample of a %s', (_, timestamp, nonce, signature) => {
  expect(isSignatureOf(signature, ['AAAAA', timestamp, nonce])).toBe(true);
  expect(isSignatureOf(signature, ['AAAAB', timestamp, nonce])).toBe(false);
});

test('WeChat’s samples of msg_signature', () => {
  const { token, timestamp, nonce, msgSignature, encrypt, replyEncrypt } = ZERO_KEY;
  expect(isSignatureOf(msgSignature, [token, timestamp, nonce, encrypt])).toBe(true);
  expect(
    isSignatureOf('1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1', [token, '1713424427', nonce, replyEncrypt]),
  ).toBe(true);
});

test('a sample with another token and key', () => {
  const { token, timestamp, nonce, signature, msgSignature, encrypt } = OTHER_KEY;
  expect(isSignatureOf(signature, [token, timestamp, nonce])).toBe(true);
  expect(isSignatureOf(msgSignature, [token, timestamp, nonce, encrypt])).toBe(true);
});

test.each([
  ['empty', ''],
  ['cut short', ZERO_KEY.signature.slice(0, -2)],
  ['longer', `${ZERO_KEY.signature}00`],
  ['with a tail', `${ZERO_KEY.signature}zz`],
  ['no hex', 'z'.repeat(40)],
  ['not hex in one character that Buffer takes for a digit', `${ZERO_KEY.signature.slice(0, -1)}\u0164`],
  ['wrong in the last digit', ZERO_KEY.signature.replace(/.$/, 'e')],
])('a signature that is %s is none', (_, signature) => {
  expect(isSignatureOf(signature, [ZERO_KEY.token, ZERO_KEY.timestamp, ZERO_KEY.nonce])).toBe(false);
});
