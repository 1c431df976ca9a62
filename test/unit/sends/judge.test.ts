import { describe, expect, test } from 'vitest';
import { judgeAnswer, type SendAnswer } from '../../../lib/sends/judge-answer.ts';
import type { RetryBasis } from '../../../lib/sends/retry-policy.ts';
import { remedyFor, sendRule } from '../../../lib/wechat/errcodes.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 4);
const RULES = {
  ruleOf: sendRule,
  remedyOf: (errcode: number, errmsg: string) => remedyFor(errcode, errmsg, 'send'),
};
const FRESH: RetryBasis = { sendAtMs: NOW_MS };

function judge(answer: SendAnswer, attempted: RetryBasis = FRESH) {
  return judgeAnswer(answer, attempted, RULES, NOW_MS, () => 0);
}

const answered = (errcode: number): SendAnswer => ({ type: 'answered', errcode, errmsg: 'as WeChat put it' });

describe('an answer is judged', () => {
  test('as sent where WeChat accepted, with the msgid that it named', () => {
    const answer: SendAnswer = { type: 'answered', errcode: 0, errmsg: 'ok', msgid: '3248682510344192008' };
    expect(judge(answer)).toEqual({
      state: 'sent',
      effect: 'spend',
      outcome: {
        atMs: NOW_MS,
        reason: 'accepted',
        errcode: 0,
        errmsg: 'ok',
        msgid: '3248682510344192008',
      },
    });
  });

  test('as unknown where none came: the grant stays spent and nothing is tried again', () => {
    const { retry, ...decision } = judge({ type: 'no-answer', reason: 'time-out' });
    expect(decision).toMatchObject({ state: 'unknown', effect: 'spend', outcome: { reason: 'no-answer' } });
    expect(retry).toBeUndefined();
  });

  test.each([
    ['not-sent', 'not-reached', 'connection'],
    ['no-token', 'token-unavailable', 'connection'],
    ['turned-away', 'turned-away', 'gateway'],
  ] as const)('to be tried again where nothing was sent: %s', (type, reason, policy) => {
    expect(judge({ type, reason: 'whatever' })).toMatchObject({
      state: 'pending',
      effect: 'keep',
      outcome: { reason },
      retry: { policy },
    });
  });

  test('as refused where the user has no usable subscription: the grants are gone', () => {
    expect(judge(answered(43101))).toMatchObject({ state: 'refused', effect: 'zero' });
  });

  test.each([47003, 40001, 43107, 99_999])(
    'as failed where WeChat said no for another reason: %i',
    (errcode) => {
      const { retry, ...decision } = judge(answered(errcode));
      expect(decision).toMatchObject({ state: 'failed', effect: 'refund', outcome: { errcode } });
      expect(decision.outcome.remedy?.zh).toMatch(/[一-龥]/);
      expect(retry).toBeUndefined();
    },
  );

  test.each([
    [-1, 'busy'],
    [43108, 'concurrent'],
    [45011, 'rate'],
    [45009, 'quota'],
  ] as const)('to be tried again where time may help: %i', (errcode, policy) => {
    expect(judge(answered(errcode))).toMatchObject({ state: 'pending', effect: 'keep', retry: { policy } });
  });

  test('as expired where its time was over before the request: the grant comes back', () => {
    const { retry, ...decision } = judge({ type: 'expired' });
    expect(decision).toMatchObject({ state: 'failed', effect: 'refund', outcome: { reason: 'expired' } });
    expect(retry).toBeUndefined();
  });

  test.each([
    [-1, 1_000, { state: 'unknown', effect: 'spend' }],
    [-1, 1_001, { state: 'pending', effect: 'keep' }],
    [43108, 1_000, { state: 'pending', effect: 'keep' }],
    [45011, 1_000, { state: 'pending', effect: 'keep' }],
  ])('%i, with a next try in a second at the soonest and %i ms to live', (errcode, livesMs, expected) => {
    expect(judge(answered(errcode), { ...FRESH, expiresAtMs: NOW_MS + livesMs })).toMatchObject(expected);
  });

  test('by what the last retry may hide: -1 as unknown, a rate limit as failed', () => {
    const busy = judge(answered(-1), { ...FRESH, retries: { busy: 3 } });
    expect(busy).toMatchObject({ state: 'unknown', effect: 'spend' });
    const limited = judge(answered(45011), { ...FRESH, retries: { rate: 10 } });
    expect(limited).toMatchObject({ state: 'failed', effect: 'refund' });
  });
});
