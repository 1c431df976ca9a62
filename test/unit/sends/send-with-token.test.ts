import { expect, test } from 'vitest';
import type { OutgoingMessage } from '../../../lib/sends/send-port.ts';
import { createTokenSender } from '../../../lib/sends/send-with-token.ts';
import { TokenUnavailableError } from '../../../lib/token/token-unavailable-error.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const MESSAGE: OutgoingMessage = {
  openid: 'o',
  templateId: 'T',
  data: { thing1: 'text' },
  miniprogramState: 'formal',
  lang: 'zh_CN',
};

/** A sender whose tokens take `tokenMs` each, and whose calls are answered with `errcode`. */
function useSender(tokenMs: number, errcode: number) {
  let nowMs = 0;
  const calls: number[] = [];
  const token = async () => {
    nowMs += tokenMs;
    return 'token';
  };
  const sender = createTokenSender({
    tokens: {
      get: token,
      replace: token,
      force: token,
      giveUp: async () => new TokenUnavailableError({ reason: 'refused' }),
      now: () => nowMs,
    },
    call: async () => {
      calls.push(nowMs);
      return { type: 'answered', errcode, errmsg: '' };
    },
    isDocumented: () => true,
    measure: () => undefined,
    clock: () => nowMs,
    logger: quiet,
  });
  return { sender, calls };
}

test('no request begins once the message has expired, however long the token took', async () => {
  const { sender, calls } = useSender(3_000, 0);
  expect(await sender.send({ ...MESSAGE, expiresAtMs: 3_000 })).toEqual({ type: 'expired' });
  expect(calls).toEqual([]);
  expect(await sender.send({ ...MESSAGE, expiresAtMs: 6_001 })).toMatchObject({ errcode: 0 });
  expect(calls).toEqual([6_000]);
});

test('a request whose token was refused is not made again once the message has expired', async () => {
  const { sender, calls } = useSender(1_000, 40001);
  expect(await sender.send({ ...MESSAGE, expiresAtMs: 1_500 })).toEqual({ type: 'expired' });
  expect(calls).toEqual([1_000]);
});

test('a request that could outlast its claim is not made, be it the first one: its token came too late', async () => {
  const { sender, calls } = useSender(25_001, 0);
  expect(await sender.send(MESSAGE)).toMatchObject({
    type: 'no-token',
    reason: expect.stringContaining('took so long'),
  });
  expect(calls).toEqual([]);
  const intime = useSender(25_000, 0);
  expect(await intime.sender.send(MESSAGE)).toMatchObject({ errcode: 0 });
  expect(intime.calls).toEqual([25_000]);
});
