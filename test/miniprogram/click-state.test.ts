import { describe, expect, test } from 'vitest';
import { HOW_TO_WRITE } from '../../local/phone/click-rules.ts';
import { ClickPhone } from './click-phone.ts';

const ASKED = { type: 'answered', accepted: ['a'] };
const CARRY = ['request', 'downloadFile', 'getSetting'] as const;
const GIVE = ['showModal', 'showActionSheet', 'requestPayment', 'requestOrderPayment'] as const;

/** What a popup that did not come says: the rule that was broken, and how to write it in both languages. */
const broken = (rule: keyof typeof HOW_TO_WRITE) => ({
  type: 'failed',
  error: {
    code: 'not-a-tap',
    message: `requestSubscribeMessage:fail can only be invoked by user TAP gesture. [${rule}] ${HOW_TO_WRITE[rule].zh} ${HOW_TO_WRITE[rule].en}`,
  },
});

describe.each(['android', 'ios'])('on %s', (platform) => {
  const open = () => {
    const phone = new ClickPhone(platform);
    return { phone, ...phone.open() };
  };
  /** Calls WeChat in a tap and asks in one of its callbacks. */
  const askIn = (name: string, callback: 'success' | 'fail' | 'complete', result?: { errMsg: string }) => {
    const { phone, wx, qingniao } = open();
    if (result) phone.results[name] = result;
    return phone.tap(
      () =>
        new Promise((resolve) => {
          wx[name]!({ [callback]: () => resolve(qingniao.subscribe(['a'])) });
        }),
    );
  };

  test('straight from the tap the popup comes', async () => {
    const { phone, qingniao } = open();
    await expect(phone.tap(() => qingniao.subscribe(['a']))).resolves.toMatchObject(ASKED);
  });

  test('without a tap none comes', async () => {
    await expect(open().qingniao.subscribe(['a'])).resolves.toMatchObject(broken('no-tap'));
  });

  test.each([...CARRY, ...GIVE].flatMap((name) => [[name, 'success'] as const, [name, 'complete'] as const]))(
    '%s passes the tap on to its %s',
    async (name, callback) => {
      await expect(askIn(name, callback)).resolves.toMatchObject(ASKED);
    },
  );

  test.each(['request', 'downloadFile'])('%s passes the tap on to its fail, too', async (name) => {
    await expect(askIn(name, 'fail', { errMsg: `${name}:fail` })).resolves.toMatchObject(ASKED);
  });

  test('a dialog that fails gives no tap', async () => {
    await expect(askIn('showModal', 'fail', { errMsg: 'showModal:fail' })).resolves.toMatchObject(
      broken('not-carried'),
    );
  });

  test('other calls pass no tap on', async () => {
    await expect(askIn('login', 'success')).resolves.toMatchObject(broken('not-carried'));
  });

  /** Asks in a request that is made in a request. */
  const askNested = ({ wx, qingniao }: ReturnType<typeof open>) =>
    new Promise((resolve) => {
      wx['request']!({
        success: () => wx['request']!({ complete: () => resolve(qingniao.subscribe(['a'])) }),
      });
    });

  test('a request in a request passes it on', async () => {
    const opened = open();
    await expect(opened.phone.tap(() => askNested(opened))).resolves.toMatchObject(ASKED);
  });

  test('without a tap a request has none to pass on', async () => {
    await expect(askNested(open())).resolves.toMatchObject(broken('no-tap'));
  });

  test('a timer loses it', async () => {
    const { phone, qingniao } = open();
    const outcome = phone.tap(
      () => new Promise((resolve) => phone.setTimeout(() => resolve(qingniao.subscribe(['a'])))),
    );
    await expect(outcome).resolves.toMatchObject(broken('timer'));
  });

  test('one tap opens one thing', async () => {
    const { phone, wx, qingniao } = open();
    const outcome = phone.tap(() => {
      wx['openSetting']!({ success: () => undefined });
      return qingniao.subscribe(['a']);
    });
    await expect(outcome).resolves.toMatchObject(broken('used'));
  });

  test('what was used is not passed on', async () => {
    const { phone, wx, qingniao } = open();
    const outcome = phone.tap(
      () =>
        new Promise((resolve) => {
          wx['request']!({ success: () => resolve(qingniao.subscribe(['a'])) });
          wx['openSetting']!({ success: () => undefined });
        }),
    );
    await expect(outcome).resolves.toMatchObject(broken('used'));
  });

  const afterPromise = platform === 'ios' ? broken('promise') : ASKED;
  test(`after a promise ${platform === 'ios' ? 'it is lost' : 'it is still there'}`, async () => {
    const { phone, qingniao } = open();
    const outcome = phone.tap(async () => {
      await Promise.resolve();
      return qingniao.subscribe(['a']);
    });
    await expect(outcome).resolves.toMatchObject(afterPromise);
  });

  test(`after an awaited request ${platform === 'ios' ? 'it is lost' : 'it is still there'}`, async () => {
    const { phone, wx, qingniao } = open();
    const outcome = phone.tap(async () => {
      await wx['request']!();
      return qingniao.subscribe(['a']);
    });
    await expect(outcome).resolves.toMatchObject(afterPromise);
  });
});
