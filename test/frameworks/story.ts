import { expect, test } from 'vitest';
import type { Stack } from '../../local/stack/stack.ts';
import { messagesOf, type Played } from './played.ts';

/** Waits for as long as a busy machine may take. */
export const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });

/** The phones that keep or lose a tap in their own ways. */
export const PLATFORMS = ['ios', 'android'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** A log that nobody reads. */
export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

const templateId = 'appointment_zznh6QxLmYCL1PjbDFwMnQ6e6nph5nT';

/** What the samples promise, the same in each framework: `open` shows the page `path` to a new user. */
export function tellStory(
  path: string,
  stack: () => Stack,
  open: (platform?: Platform) => Played | Promise<Played>,
): void {
  test.each(PLATFORMS)('%s: one tap asks, books the reminder and shows what is left', async (platform) => {
    const { openid, user, page } = await open(platform);
    await eventually(page.text).toContain('还可提醒 0 次');
    page.tap('预约，并提前一小时');
    expect(user.popups).toEqual([[templateId]]); // WeChat was asked before the tap's handler came back
    await eventually(page.text).toContain('好的，到店前一小时提醒您。');
    expect(await messagesOf(stack(), openid)).toMatchObject([
      { to: openid, templateId, page: path, status: 'scheduled', data: { thing1: '口腔洁治' } },
    ]);
    expect(stack().wechat!.ledger({ openid, templateId })).toMatchObject([{ granted: 1 }]);
  });

  test.each(PLATFORMS)('%s: the user is asked after an explanation, or not at all', async (platform) => {
    const { openid, user, page } = await open(platform);
    user.agree = false;
    page.tap('先看说明再预约');
    await eventually(() => user.dialogs).toEqual(['到店前一小时提醒您，好吗？']);
    user.agree = true;
    page.tap('先看说明再预约');
    await eventually(page.text).toContain('好的，到店前一小时提醒您。');
    expect(user.popups).toEqual([[templateId]]);
    expect(await messagesOf(stack(), openid)).toHaveLength(1);
  });

  test('a refusal books nothing and says so', async () => {
    const { openid, user, page } = await open();
    user.answer = 'reject';
    page.tap('预约，并提前一小时');
    await eventually(page.text).toContain('您没有同意接收提醒');
    expect(await messagesOf(stack(), openid)).toEqual([]);
  });

  test('a silent refusal leads to the guide, and from there to the settings and back', async () => {
    const { openid, user, page, comeBack } = await open();
    user.answer = 'reject';
    user.keep = true;
    page.tap('预约，并提前一小时');
    await eventually(page.text).toContain('您没有同意接收提醒');
    comeBack();
    await eventually(() => stack().wechat!.settings(openid)).toMatchObject({
      itemSettings: { [templateId]: 'reject' },
    });
    page.tap('预约，并提前一小时');
    await eventually(page.text).toContain('提醒已被拒收');
    page.emit('[open-type=openSetting]', 'opensetting', {});
    await eventually(page.text).toContain('还没有打开，暂时收不到提醒');
    expect(page.text()).not.toContain('提醒已被拒收');
  });

  test('with the main switch off the guide says so, and can be closed', async () => {
    const { openid, page } = await open();
    stack().wechat!.changeSettings({ openid, mainSwitch: false });
    page.tap('预约，并提前一小时');
    await eventually(page.text).toContain('订阅消息已关闭');
    page.tap('暂不');
    await eventually(page.text).not.toContain('订阅消息已关闭');
    page.tap('预约，并提前一小时');
    await eventually(page.text).toContain('订阅消息已关闭');
    stack().wechat!.changeSettings({ openid, mainSwitch: true });
    page.emit('[open-type=openSetting]', 'opensetting', {});
    await eventually(page.text).toContain('设置好了，请再点一次按钮');
  });
}
