import { describe, expect, test } from 'vitest';
import { remedyFor, sendRule } from '../../../lib/wechat/errcodes.ts';

/** WeChat contract §9.1, written out by hand: errcode, class, retry, grant, how it ends when retries are used up. */
const SEND_POLICY: [number, string, string, string, string?][] = [
  [0, 'accepted', 'none', 'spend'],
  [40001, 'token', 'token', 'refund'],
  [42001, 'token', 'token', 'refund'],
  [40014, 'token', 'token', 'refund'],
  [41001, 'our-bug', 'none', 'refund'],
  [40003, 'recipient', 'none', 'refund'],
  [9800006, 'recipient', 'none', 'refund'],
  [40037, 'configuration', 'none', 'refund'],
  [41030, 'configuration', 'none', 'refund'],
  [43101, 'user-state', 'none', 'zero'],
  [43107, 'ban', 'none', 'refund'],
  [43108, 'transient', 'concurrent', 'keep', 'failed'],
  [45168, 'payload', 'none', 'refund'],
  [47003, 'payload', 'none', 'refund'],
  [45009, 'quota', 'quota', 'keep', 'failed'],
  [45011, 'rate', 'rate', 'keep', 'failed'],
  [48001, 'permission', 'none', 'refund'],
  [47001, 'our-bug', 'none', 'refund'],
  [44002, 'our-bug', 'none', 'refund'],
  [43002, 'our-bug', 'none', 'refund'],
  [40097, 'our-bug', 'none', 'refund'],
  [40032, 'our-bug', 'none', 'refund'],
  [40234, 'configuration', 'none', 'refund'],
  [48004, 'ban', 'none', 'refund'],
  [50002, 'ban', 'none', 'refund'],
  [50004, 'ban', 'none', 'refund'],
  [50007, 'ban', 'none', 'refund'],
  [61007, 'permission', 'none', 'refund'],
  [40013, 'configuration', 'none', 'refund'],
  [40125, 'configuration', 'none', 'refund'],
  [40164, 'configuration', 'none', 'refund'],
  [40243, 'configuration', 'none', 'refund'],
  [43003, 'configuration', 'none', 'refund'],
  [89501, 'configuration', 'none', 'refund'],
  [89503, 'configuration', 'none', 'refund'],
  [89506, 'configuration', 'none', 'refund'],
  [89507, 'configuration', 'none', 'refund'],
  [45002, 'payload', 'none', 'refund'],
  [-1, 'ambiguous', 'busy', 'keep', 'unknown'],
];

describe('the outcome table of send', () => {
  test.each(SEND_POLICY)(
    'errcode %i: class %s, retry %s, grant %s, used up: %s',
    (errcode, reason, retry, grant, exhausted) => {
      expect(sendRule(errcode)).toMatchObject({
        class: reason,
        retry,
        grant,
        ...(exhausted && { exhausted }),
      });
      expect(sendRule(errcode).exhausted).toBe(exhausted);
    },
  );

  test('an errcode that is not listed is a refusal: the grant comes back and nothing is repeated', () => {
    for (const errcode of [99999, 1, -2, -501001, 40038]) {
      expect(sendRule(errcode)).toMatchObject({ class: 'unlisted', retry: 'none', grant: 'refund' });
    }
  });

  test('what several meet in a row stops the account, or the template, and nothing else does', () => {
    const stopped = (what: string) =>
      SEND_POLICY.map(([errcode]) => errcode).filter((errcode) => sendRule(errcode).stops === what);
    expect(stopped('account').toSorted()).toEqual([
      40013, 40125, 40164, 40234, 40243, 43003, 48001, 48004, 50002, 50004, 50007, 61007, 89501, 89503, 89506,
      89507,
    ]);
    expect(stopped('template').toSorted()).toEqual([40037, 43107]);
    expect(sendRule(99999).stops).toBe('template-unless-one-user');
    expect(stopped('template-unless-one-user')).toEqual([]);
  });

  test('only -1 ends as unknown', () => {
    const codes = [...Array.from({ length: 100_000 }, (_, code) => code + 1), -1, -2];
    const unknown = codes.filter((code) => {
      const { grant, exhausted } = sendRule(code);
      return grant === 'spend' || exhausted === 'unknown';
    });
    expect(unknown).toEqual([-1]);
  });
});

describe('remedies', () => {
  // WeChat contract §9.2.
  const TOKEN = [
    -1, 45011, 45009, 40002, 41002, 41004, 43002, 40001, 40013, 40125, 40164, 89501, 89503, 89507, 89506,
    40243, 50004, 50007,
  ];
  const LOGIN = [...TOKEN, 40029, 40163, 41008, 40226, 87007, 87009, 87008];
  // WeChat contract §5.3, §8.2, §9.4.
  const TEMPLATES = [
    20001, 200001, 20002, 200002, 200011, 43106, 200012, 200013, 200014, 200016, 200017, 200018, 200019,
    200020, 200021, 200022, 200100, 40400, 404, 45009, 1700, 40001, 42001, 40014, 41001, -1, 45011,
  ];
  const CARDS = [
    85431, 85449, 85437, 85438, 85448, 85436, 85433, 85434, 85435, 85470, 85439, 85440, 85441, 85442, 85443,
    85471, 85444, 85445, 85446, 85447, 85461, 85462,
  ];
  const unlisted = /not documented/;
  const placeholder = /undefined|null|NaN|TODO|\$\{|[{}<>]|%[sd]/;

  test.each([
    ...SEND_POLICY.map(([errcode]) => [errcode, 'send'] as const),
    ...TOKEN.map((errcode) => [errcode, 'token'] as const),
    ...LOGIN.map((errcode) => [errcode, 'login'] as const),
    ...TEMPLATES.map((errcode) => [errcode, 'templates'] as const),
    ...[...CARDS, 40003, 40001, 45009, 45011, -1].map((errcode) => [errcode, 'cards'] as const),
  ])('errcode %i of %s has its own, in English and Chinese', (errcode, call) => {
    const { en, zh } = remedyFor(errcode, '', call);
    expect(en).not.toMatch(unlisted);
    expect(en).toMatch(/^\S.{10,}\.$/);
    expect(zh).toMatch(/\p{sc=Han}{2}.*。$/u);
    expect(en + zh).not.toMatch(placeholder);
  });

  // What the person must be told, whatever the wording.
  test.each([
    [43101, 'send', /wx\.requestSubscribeMessage/, /wx\.requestSubscribeMessage/],
    [40037, 'send', /subscribe-message templates/, /订阅消息页/],
    [-1, 'send', /do not send it again/, /不要直接重发/],
    [45168, 'send', /wording/, /文案/],
    [40001, 'send', /stable_token/, /stable_token/],
    [40001, 'token', /AppSecret/, /AppSecret/],
    [40001, 'templates', /stable_token/, /stable_token/],
    [40125, 'login', /AppSecret/, /AppSecret/],
    [89506, 'token', /24 hours/, /24 小时/],
    [89507, 'token', /1 hour/, /1 小时/],
    [40163, 'login', /wx\.login/, /wx\.login/],
    [40226, 'login', /blocks/, /阻止/],
    [87009, 'login', /wx\.login/, /wx\.login/],
    [200001, 'templates', /again in a few seconds/, /过几秒再试/],
    [85437, 'cards', /ten minutes/, /十分钟/],
    [85438, 'cards', /payTime/, /payTime/],
    [85442, 'cards', /words/, /文案/],
    [200022, 'templates', /priTmplId/, /priTmplId/],
    [45009, 'templates', /less often/, /减少/],
  ] as const)('errcode %i of %s says %s', (errcode, call, en, zh) => {
    expect(remedyFor(errcode, '', call)).toEqual({
      en: expect.stringMatching(en),
      zh: expect.stringMatching(zh),
    });
  });

  test.each([48001, 48004, 50002, 61007, 43003, 40234])(
    'of the account, %i, is known on every call',
    (errcode) => {
      for (const call of ['token', 'login', 'templates', 'cards'] as const) {
        expect(remedyFor(errcode, '', call)).toEqual(remedyFor(errcode, '', 'send'));
      }
    },
  );

  test('an errcode that is not listed: look the rid up', () => {
    expect(remedyFor(12345, '', 'send')).toMatchObject({
      en: expect.stringMatching(/rid/),
      zh: expect.stringMatching(/12345/),
    });
  });

  // WeChat contract §3.5.
  const EITHER = [/is empty or breaks/, /为空或不符合规则/] as const;
  const EMPTY = [/is empty or missing/, /为空或缺失/] as const;
  const INVALID = [/is invalid/, /值不符合规则/] as const;
  test.each([
    ['argument invalid! hint: [IWJsFA00994126] data.thing1.value is emtpy', 'thing1', EMPTY],
    ['argument invalid! data.thing3.value is emtpy rid: 5f325159-1-2', 'thing3', EMPTY],
    ['argument invalid! data.thing1.value is empty rid: 64b67d10-1-2', 'thing1', EMPTY],
    ['argument invalid! data.thing4.value invalid rid: 6685312c-1-2', 'thing4', INVALID],
    ['argument invalid! data.enum_string2.value invalid', 'enum_string2', INVALID],
    ['argument invalid! data.character_string9.value i rid: 6698eba0-1-2', 'character_string9', EITHER],
    ['argument invalid! data.character_string13.value rid: 6698eba0-1-2', 'character_string13', EITHER],
  ])('47003 "%s" names %s', (errmsg, key, [en, zh]) => {
    const remedy = remedyFor(47003, errmsg, 'send');
    expect(remedy.en).toContain(`data.${key}`);
    expect(remedy.zh).toContain(`data.${key}`);
    expect(remedy.en).toMatch(en);
    expect(remedy.zh).toMatch(zh);
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

  test.each([
    '',
    'invalid ip',
    'invalid ip 118.190.42.9',
    'invalid ip 118.190.',
    'invalid ip 999.1.1.1, not',
  ])('40164 cut off to "%s" names no address', (errmsg) => {
    expect(remedyFor(40164, errmsg, 'token')).toEqual(remedyFor(40164, '', 'token'));
  });

  test('nothing else is read from the text', () => {
    for (const errcode of [0, 43101, 40001, 45009, -1, 99999]) {
      expect(remedyFor(errcode, 'data.thing1.value is empty 1.2.3.4 rid: 1-2-3', 'send')).toEqual(
        remedyFor(errcode, '', 'send'),
      );
    }
  });
});
