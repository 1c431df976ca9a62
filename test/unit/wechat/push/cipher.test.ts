import { createCipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { openSealed } from '../../../../lib/wechat/push/cipher.ts';
import { encryptMessage } from '../../../../local/wechat-simulator/events/push-crypto.ts';
import { OTHER_KEY, ZERO_KEY } from './vectors.ts';

const { aesKey, appId } = OTHER_KEY;

test('WeChat’s own samples open', () => {
  expect(openSealed(ZERO_KEY.encrypt, ZERO_KEY.aesKey)).toEqual({
    message: ZERO_KEY.message,
    appId: ZERO_KEY.appId,
  });
  expect(openSealed(ZERO_KEY.replyEncrypt, ZERO_KEY.aesKey)).toEqual({
    message: ZERO_KEY.replyMessage,
    appId: ZERO_KEY.appId,
  });
});

test('a sample opens only when the IV is the first half of the key', () => {
  expect(openSealed(OTHER_KEY.encrypt, aesKey)).toEqual({ message: OTHER_KEY.message, appId });
});

test('sealing makes the samples again', () => {
  const zeros = encryptMessage(ZERO_KEY.message, { ...ZERO_KEY, random: Buffer.from('a8eedb185eb2fecf') });
  expect(zeros).toBe(ZERO_KEY.encrypt);
  const other = encryptMessage(OTHER_KEY.message, { ...OTHER_KEY, random: Buffer.from('0123456789abcdef') });
  expect(other).toBe(OTHER_KEY.encrypt);
});

test('messages of every length open, so with 1 to 32 bytes of padding', () => {
  for (let length = 0; length < 70; length++) {
    const message = '订'.repeat(length % 7) + 'x'.repeat(length);
    expect(openSealed(encryptMessage(message, { aesKey, appId }), aesKey)).toEqual({ message, appId });
  }
});

test('the 43rd character of the key may hold stray bits', () => {
  const stray = `${aesKey.slice(0, 42)}H`;
  expect(Buffer.from(`${stray}=`, 'base64')).toEqual(Buffer.from(`${aesKey}=`, 'base64'));
  expect(openSealed(OTHER_KEY.encrypt, stray)?.message).toBe(OTHER_KEY.message);
});

/** Encrypts bytes as they are, padding and all. */
function seal(content: Buffer): string {
  const key = Buffer.from(`${aesKey}=`, 'base64');
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(content), cipher.final()]).toString('base64');
}

const filled = (length: number, last: number) =>
  Buffer.concat([Buffer.alloc(length - 1, 1), Buffer.from([last])]);

test.each([
  ['nothing', ''],
  ['no whole block', Buffer.alloc(31).toString('base64')],
  ['a half of WeChat’s block', seal(Buffer.alloc(16, 16))],
  ['padding of 0 bytes', seal(filled(32, 0))],
  ['padding of 33 bytes', seal(Buffer.alloc(64, 33))],
  ['padding of unequal bytes', seal(filled(32, 5))],
  ['nothing but padding', seal(Buffer.alloc(32, 32))],
  [
    'a length beyond its end',
    seal(Buffer.concat([Buffer.alloc(16), Buffer.from([255, 255, 255, 255]), Buffer.alloc(12, 12)])),
  ],
  [
    'bytes that are not UTF-8',
    seal(Buffer.concat([Buffer.alloc(16), Buffer.from([0, 0, 0, 2, 0xc3, 0x28]), Buffer.alloc(10, 10)])),
  ],
])('%s does not open', (_, sealed) => {
  expect(openSealed(sealed, aesKey)).toBeUndefined();
});

test('nothing opens with another key', () => {
  expect(openSealed(OTHER_KEY.encrypt, ZERO_KEY.aesKey)).toBeUndefined();
});
