import { describe, expect, test } from 'vitest';
import { remedyFor, sendRule } from '../../../lib/wechat/errcodes.ts';

/** WeChat contract §9.1, written out by hand: errcode, retry, grant, how it ends when retries are used up. */
const SEND_POLICY: [number, string, string, string?][] = [
  [0, 'none', 'spend'],
  [40001, 'token', 'refund'],
  [42001, 'token', 'refund'],
  [40014, 'token', 'refund'],
  [41001, 'none', 'refund'],
  [40003, 'none', 'refund'],
  [40037, 'none', 'refund'],
  [41030, 'none', 'refund'],
  [43101, 'none', 'zero'],
  [43107, 'none', 'refund'],
  [43108, 'concurrent', 'keep', 'failed'],
  [45168, 'none', 'refund'],
  [47003, 'none', 'refund'],
  [45009, 'quota', 'keep', 'failed'],
  [45011, 'rate', 'keep', 'failed'],
  [48001, 'none', 'refund'],
  [47001, 'none', 'refund'],
  [44002, 'none', 'refund'],
  [43002, 'none', 'refund'],
  [40097, 'none', 'refund'],
  [40234, 'none', 'refund'],
  [-1, 'busy', 'keep', 'unknown'],
];

describe('the outcome table of send', () => {
  test.each(SEND_POLICY)(
    'errcode %i: retry %s, grant %s, used up: %s',
    (errcode, retry, grant, exhausted) => {
      expect(sendRule(errcode)).toMatchObject({ retry, grant, ...(exhausted && { exhausted }) });
      expect(sendRule(errcode).exhausted).toBe(exhausted);
    },
  );

  test('an errcode that is not listed is unknown: the grant is spent and nothing is repeated', () => {
    expect(sendRule(99999)).toEqual({ class: 'unknown', retry: 'none', grant: 'spend' });
  });
});

describe('remedies', () => {
  const LOGIN_AND_TOKEN = [
    -1, 45011, 45009, 40002, 41002, 41004, 43002, 40001, 40013, 40125, 40164, 89501, 89503, 89507, 89506,
    40243, 50004, 50007, 40029, 40163, 41008, 40226,
  ];
  const TEMPLATES = [20001, 200001, 45009];
  const unlisted = /not documented/;

  test.each([
    ...SEND_POLICY.map(([errcode]) => [errcode, 'send'] as const),
    ...LOGIN_AND_TOKEN.map((errcode) => [errcode, 'login'] as const),
    ...TEMPLATES.map((errcode) => [errcode, 'templates'] as const),
  ])('errcode %i of %s has its own, in English and Chinese', (errcode, call) => {
    const { en, zh } = remedyFor(errcode, '', call);
    expect(en).not.toMatch(unlisted);
    expect(en.length).toBeGreaterThan(10);
    expect(zh).toMatch(/\p{sc=Han}{4}/u);
  });

  test('an errcode that is not listed: look the rid up', () => {
    expect(remedyFor(12345, '', 'send')).toMatchObject({
      en: expect.stringMatching(/rid/),
      zh: expect.stringMatching(/12345/),
    });
  });

  test.each([
    ['argument invalid! hint: [IWJsFA00994126] data.thing1.value is emtpy', 'thing1'],
    ['argument invalid! data.thing4.value invalid rid: 6685312c-1-2', 'thing4'],
    ['argument invalid! data.character_string9.value i rid: 6698eba0-1-2', 'character_string9'],
  ])('47003 "%s" names %s', (errmsg, key) => {
    const remedy = remedyFor(47003, errmsg, 'send');
    expect(remedy.en).toContain(`data.${key}`);
    expect(remedy.zh).toContain(`data.${key}`);
  });

  test('47003 without a readable key still says what to do', () => {
    expect(remedyFor(47003, 'argument invalid! data.character', 'send').en).toContain('fields');
  });

  test('40164 names the address to allow', () => {
    const errmsg = 'invalid ip 118.190.42.90 ipv6 ::ffff:118.190.42.90, not in whitelist rid: 1-2-3';
    const remedy = remedyFor(40164, errmsg, 'login');
    expect(remedy.en).toContain('118.190.42.90');
    expect(remedy.zh).toContain('118.190.42.90');
    expect(remedyFor(40164, '', 'login').zh).toMatch(/白名单/);
  });
});
