import { describe, expect, test } from 'vitest';
import { type ClickRule, HOW_TO_WRITE } from '../../../local/phone/click-rules.ts';
import { answer, calls, notice, type PhoneUnderTest, press } from '../open-phone.ts';

/** Places that ask too late on every phone. */
const TOO_LATE: readonly (readonly [place: string, rule: ClickRule])[] = [
  ['timer', 'timer'],
  ['login', 'not-carried'],
  ['onShow', 'no-tap'],
];

/** The click state of the page's `wx`, by the rules of Android and of iOS. */
export function testTaps({ open }: PhoneUnderTest): void {
  describe.each([
    ['ios', 'promise'],
    ['android', undefined],
  ] as const)('a tap on %s', (platform, brokenByPromise) => {
    test(`counts straight from its handler and in the success of a request; a promise ${brokenByPromise ? 'loses' : 'keeps'} it`, async () => {
      const page = await open();
      await press(page, 'page-tap', `platform-${platform}`);
      for (const place of ['tap', 'request', ...(brokenByPromise ? [] : ['promise'])]) {
        await press(page, `ask-${place}`);
        await answer(page, 'allow');
        await expect.poll(() => notice(page)).toContain('这次点击有效');
      }
    });

    test('that is lost opens no popup: the page names the rule and how to write it, the row beneath names it too', async () => {
      const page = await open();
      await press(page, 'page-tap', `platform-${platform}`);
      const late = brokenByPromise ? [...TOO_LATE, ['promise', brokenByPromise] as const] : TOO_LATE;
      for (const [place, rule] of late) {
        await press(page, `ask-${place}`);
        await expect.poll(() => notice(page)).toBe(`没有弹窗（${rule}）。${HOW_TO_WRITE[rule].zh}`);
        expect(await calls(page)).toContain(`wx.requestSubscribeMessage ${rule}`);
      }
      expect(await page.locator('#popup').count()).toBe(0);
    });
  });
}
