import { expect, test } from 'vitest';
import { judgeAnswer, rulesOfLimited } from '../../../lib/sends/judge-answer.ts';
import { remedyFor, sendRule } from '../../../lib/wechat/errcodes.ts';

const RULES = {
  ruleOf: sendRule,
  remedyOf: (errcode: number, errmsg: string) => remedyFor(errcode, errmsg, 'send'),
};
const LIMITED = rulesOfLimited(RULES);
const OVER_RATE = 987_654;

test('a refusal of a limited template takes no subscription away unless it is 43101', () => {
  const effectOf = (errcode: number) =>
    judgeAnswer({ type: 'answered', errcode, errmsg: '' }, { sendAtMs: 0 }, LIMITED, 0, () => 0.5);
  for (const errcode of [OVER_RATE, 47003, 43107, 45168, 40003, 48001, 1]) {
    expect(effectOf(errcode)).toMatchObject({ state: 'failed', effect: 'refund' });
  }
  expect(effectOf(43101)).toMatchObject({ state: 'refused', effect: 'zero' });
});

test('an errcode that is not listed stops no other message of a limited template, and its remedy names the rate', () => {
  expect(RULES.ruleOf(OVER_RATE).stops).toBe('template-unless-one-user');
  expect(LIMITED.ruleOf(OVER_RATE).stops).toBeUndefined();
  expect(LIMITED.remedyOf(OVER_RATE, '')).toMatchObject({
    en: expect.stringContaining('rate'),
    zh: expect.stringContaining('限频'),
  });
});

test('every errcode that is listed means for a limited template what it means for others', () => {
  for (const errcode of [43101, 43107, 45009, 45011, 43108, 40037, -1, 48001]) {
    expect(LIMITED.ruleOf(errcode)).toEqual(RULES.ruleOf(errcode));
    expect(LIMITED.remedyOf(errcode, '')).toEqual(RULES.remedyOf(errcode, ''));
  }
});
