import { describe, expect, test } from 'vitest';
import { createPushReceiver, type PushQuery } from '../../../../lib/wechat/push/receive-push.ts';
import { encryptMessage, signatureOf } from '../../../../local/wechat-simulator/events/push-crypto.ts';
import { OTHER_KEY, ZERO_KEY } from './vectors.ts';

const NOW_MS = 1_700_000_000_000;
const { token, aesKey, appId } = OTHER_KEY;
const receiver = createPushReceiver({ token, aesKey, appId, allowPlaintext: false }, () => NOW_MS);
const open = createPushReceiver({ token, aesKey, appId, allowPlaintext: true }, () => NOW_MS);

const MESSAGE = '{"MsgType":"text","Content":"hello"}';
const READ = { type: 'other', name: 'text', fields: { MsgType: 'text', Content: 'hello' } };

/** A query that WeChat could have made, and the sealed text that it vouches for. */
function signed(message = MESSAGE, to = appId, timestamp = String(NOW_MS / 1000)) {
  const nonce = '7';
  const encrypt = encryptMessage(message, { aesKey, appId: to });
  const query: PushQuery = {
    signature: signatureOf(token, timestamp, nonce),
    timestamp,
    nonce,
    msgSignature: signatureOf(token, timestamp, nonce, encrypt),
  };
  return { query, encrypt };
}

describe('safe mode', () => {
  test('WeChat’s own sample is taken in at its time', () => {
    const { msgSignature, signature, timestamp, nonce } = ZERO_KEY;
    const weChats = createPushReceiver({ ...ZERO_KEY, allowPlaintext: false }, () => 1_714_112_445_000);
    const body = JSON.stringify({ ToUserName: 'gh_97417a04a28d', Encrypt: ZERO_KEY.encrypt });
    expect(weChats.receive({ signature, timestamp, nonce, msgSignature }, body)).toMatchObject({
      type: 'other',
      name: 'debug_demo',
      fields: { debug_str: 'hello world' },
    });
  });

  test.each([
    [
      'XML',
      (e: string) => `<xml><ToUserName><![CDATA[gh]]></ToUserName><Encrypt><![CDATA[${e}]]></Encrypt></xml>`,
    ],
    ['XML without CDATA', (e: string) => `<xml><Encrypt>${e}</Encrypt></xml>`],
    ['JSON', (e: string) => JSON.stringify({ ToUserName: 'gh', Encrypt: e })],
    ['JSON with spaces', (e: string) => JSON.stringify({ Encrypt: e }, null, 2)],
    [
      'JSON with escapes',
      (e: string) => JSON.stringify({ Encrypt: e }).replaceAll('/', '\\/').replaceAll('+', '\\u002B'),
    ],
  ])('%s', (_, bodyWith) => {
    const { query, encrypt } = signed();
    expect(receiver.receive(query, bodyWith(encrypt))).toEqual(READ);
  });
});

describe('compatible mode', () => {
  test('what is sealed counts, not what stands beside it', () => {
    const { query, encrypt } = signed();
    const body = JSON.stringify({ MsgType: 'event', Event: 'forged', Encrypt: encrypt });
    expect(receiver.receive(query, body)).toEqual(READ);
  });

  test('words of a user that look like a sealed text do not hide the real one', () => {
    const { query, encrypt } = signed();
    const body = `<xml><Content><![CDATA[<Encrypt>AAAA</Encrypt>]]></Content><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>`;
    expect(receiver.receive(query, body)).toEqual(READ);
  });
});

describe('plaintext mode', () => {
  test('is refused unless it is allowed', () => {
    const query = { ...signed().query, msgSignature: '' };
    expect(receiver.receive(query, MESSAGE)).toEqual({ type: 'refused', reason: 'plaintext' });
    expect(open.receive(query, MESSAGE)).toEqual(READ);
  });

  test('being allowed does not open a sealed body without its signature', () => {
    const { query, encrypt } = signed();
    const body = JSON.stringify({ Encrypt: encrypt });
    expect(open.receive({ ...query, msgSignature: '0'.repeat(40) }, body)).toEqual({
      type: 'refused',
      reason: 'msg-signature',
    });
  });
});

describe('refused', () => {
  const { query, encrypt } = signed();
  const body = JSON.stringify({ Encrypt: encrypt });
  const refusal = (q: PushQuery, b: string) => {
    const result = receiver.receive(q, b);
    return result.type === 'refused' ? result.reason : undefined;
  };

  test('what is signed wrongly', () => {
    expect(refusal({ ...query, signature: query.msgSignature }, body)).toBe('signature');
    expect(refusal({ ...query, nonce: '8' }, body)).toBe('signature');
    expect(refusal({ ...query, signature: '' }, body)).toBe('signature');
    expect(refusal({ ...query, msgSignature: query.signature }, body)).toBe('msg-signature');
  });

  test('a body that was changed', () => {
    expect(
      refusal(
        query,
        body.replace(/.(?="})/, (last) => (last === 'A' ? 'B' : 'A')),
      ),
    ).toBe('msg-signature');
    expect(refusal(query, '')).toBe('msg-signature');
    expect(refusal(query, MESSAGE)).toBe('msg-signature');
  });

  test.each([
    [-301, 'timestamp'],
    [-300, undefined],
    [300, undefined],
    [301, 'timestamp'],
  ])('a time that is %i s from ours: %s', (seconds, reason) => {
    const other = signed(MESSAGE, appId, String(NOW_MS / 1000 + seconds));
    expect(refusal(other.query, JSON.stringify({ Encrypt: other.encrypt }))).toBe(reason);
    expect(receiver.refusalOf(other.query)).toBe(reason);
  });

  test.each(['', 'now', '1e9', '-1700000000', '1700000000.5'])('a time written as %j', (timestamp) => {
    expect(refusal(signed(MESSAGE, appId, timestamp).query, body)).toBe('timestamp');
  });

  test('a message for another mini program', () => {
    const foreign = signed(MESSAGE, 'wx00000000000000ff');
    expect(refusal(foreign.query, JSON.stringify({ Encrypt: foreign.encrypt }))).toBe('appid');
  });

  test('a message that is sealed with another key, or while we have none', () => {
    const other = createPushReceiver({ ...ZERO_KEY, token, appId, allowPlaintext: false }, () => NOW_MS);
    expect(other.receive(query, body)).toEqual({ type: 'refused', reason: 'sealed' });
    const none = createPushReceiver({ token, appId, allowPlaintext: true }, () => NOW_MS);
    expect(none.receive(query, body)).toEqual({ type: 'refused', reason: 'no-key' });
  });
});

test('a message of WeChat’s that says nothing is unreadable', () => {
  const { query, encrypt } = signed('hello');
  expect(receiver.receive(query, JSON.stringify({ Encrypt: encrypt }))).toEqual({ type: 'unreadable' });
});

test('bodies that were made to be slow to search are not', () => {
  const { query } = signed();
  const startedAt = performance.now();
  for (const piece of [
    '<Encrypt>',
    '<Encrypt><![CDATA[A',
    '"Encrypt"',
    '"Encrypt":',
    '"Encrypt" : "',
    '"Encrypt"  ',
  ]) {
    receiver.receive(query, piece.repeat(65_536 / piece.length));
  }
  // A search that begins anew at every place takes many times this.
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});
