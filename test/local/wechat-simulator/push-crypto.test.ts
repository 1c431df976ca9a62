import { describe, expect, test } from 'vitest';
import { encryptMessage, signatureOf } from '../../../local/wechat-simulator/events/push-crypto.ts';

const TOKEN = 'AAAAA';
const ZERO_KEY = 'A'.repeat(43);
const APP_ID = 'wxba5fad812f8e6fb9';

/** The samples of WeChat's own page (WeChat contract §6.2). */
const PUSHED =
  '+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=';
const REPLY = 'ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==';

describe('signatures are those of the published samples', () => {
  test.each([
    ['of the URL check', ['1714036504', '1514711492'], 'f464b24fc39322e44b38aa78f5edd27bd1441696'],
    ['of a push in plaintext', ['1714037059', '486452656'], '899cf89e464efb63f54ddac96b0a0a235f53aa78'],
    ['of a push in safe mode', ['1714112445', '415670741'], '6c5c811b55cc85e0e1b54100749188c20beb3f5d'],
    ['of its ciphertext', ['1714112445', '415670741', PUSHED], '046e02f8204d34f8ba5fa3b1db94908f3df2e9b3'],
    ['of a reply', ['1713424427', '415670741', REPLY], '1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1'],
  ])('%s', (_, parts, signature) => {
    expect(signatureOf(TOKEN, ...parts)).toBe(signature);
  });
});

test('a message is encrypted to the published ciphertext, with 19 bytes of padding', () => {
  const message =
    '{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}';
  const random = Buffer.from('a8eedb185eb2fecf');
  expect(encryptMessage(message, { aesKey: ZERO_KEY, appId: APP_ID, random })).toBe(PUSHED);
});

test('a reply is encrypted to the published ciphertext, with 1 byte of padding', () => {
  const random = Buffer.from('707722b803182950');
  const encrypted = encryptMessage('{"demo_resp":"good luck"}', { aesKey: ZERO_KEY, appId: APP_ID, random });
  expect(encrypted).toBe(REPLY);
});

test('a key that is not zero shows where the IV comes from, and text counts in bytes', () => {
  const encrypted = encryptMessage('{"Event":"demo","text":"订阅"}', {
    aesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
    appId: 'wx0123456789abcdef',
    random: Buffer.from('0123456789abcdef'),
  });
  expect(encrypted).toBe(
    'Q3stYC6hdFzMh9T8HCvyDIzz86rJhACTpM2svfWzWLw+k4DaciIfa/N0mI5BCV0IN4BjgLICBli9Wcx9Vid4HiC7i87DIAFAvvSwAN9v0XhbcMJC4cMx6TEhyo6fGX2w',
  );
  expect(signatureOf('tok3n', '1700000000', '42', encrypted)).toBe(
    '723166cb6b982679417cc44de0b32f2f3a9b01c9',
  );
  expect(signatureOf('tok3n', '1700000000', '42')).toBe('7ee929759481d735fc81a168efbce6f95b0c3fb5');
});

test('what fills a block exactly gets a whole block of padding', () => {
  // 16 random bytes, 4 of length, 10 of the message and 2 of the appid are 32.
  const encrypted = encryptMessage('0123456789', { aesKey: ZERO_KEY, appId: 'wx' });
  expect(Buffer.from(encrypted, 'base64')).toHaveLength(64);
});

test('each encryption of one message differs', () => {
  const options = { aesKey: ZERO_KEY, appId: APP_ID };
  expect(encryptMessage('same', options)).not.toBe(encryptMessage('same', options));
});
