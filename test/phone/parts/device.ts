import { describe, expect, test } from 'vitest';
import { calls, cards, notice, type PhoneUnderTest, press, shown } from '../open-phone.ts';

/** A page of the mini program that has a device. */
export function testDevice({ stack, open }: PhoneUnderTest): void {
  const sends = (openid: string) => stack.wechat?.received({ call: 'device-send', openid }).items ?? [];

  describe('a device', () => {
    test('is allowed once, and tells from then on: the popup, the ledgers, the message, the card', async () => {
      const page = await open();
      await press(page, 'page-device', 'allow-device');
      await shown(page, 'popup');
      expect(await page.locator('#popup').textContent()).toContain('设备缺水提醒');
      await page.click('#allow');
      await expect.poll(() => page.locator('#device-state').textContent()).toBe('已开启缺水提醒');
      await expect
        .poll(() => page.locator('#ledger dd').allTextContents())
        .toEqual(['已订阅', '已订阅0 已发']);
      for (const banners of [1, 2]) {
        await page.click('#run-dry');
        await expect.poll(() => page.locator('.banners button').count()).toBe(banners);
      }
      await expect.poll(() => page.locator('#ledger dd').last().textContent()).toBe('已订阅2 已发');
      expect(await calls(page)).toEqual(
        expect.arrayContaining([
          'wx.requestSubscribeDeviceMessage accept',
          'POST /v1/grants 200',
          'POST /v1/messages 202',
          'POST /cgi-bin/message/device/subscribe/send errcode 0',
        ]),
      );
      await page.click('#tab-messages');
      await expect.poll(() => cards(page).count()).toBe(2);
      expect(await cards(page).first().textContent()).toMatch(/设备缺水提醒.*卧室.*水位过低/);
    });

    test('is asked about with a ticket that was fetched before the tap; its kind was declared before', async () => {
      const page = await open();
      await press(page, 'page-device', 'allow-device', 'allow');
      await expect.poll(() => notice(page)).toContain('已开启');
      const made = await calls(page);
      const at = (call: RegExp) => made.findIndex((one) => call.test(one));
      expect(at(/^GET \/v1\/templates\/low-water_\S+ 200/)).toBeGreaterThanOrEqual(0);
      expect(at(/^POST \/wxa\/getsnticket/)).toBeGreaterThan(at(/^GET \/v1\/templates/));
      expect(at(/^wx\.requestSubscribeDeviceMessage/)).toBeGreaterThan(at(/^POST \/wxa\/getsnticket/));
      const kinds = await fetch(`${stack.apiUrl}/v1/templates`, {
        headers: { authorization: 'Bearer dev-key' },
      });
      const { items } = (await kinds.json()) as { items: { title: string; kind: string }[] };
      expect(items.find(({ title }) => title === '设备缺水提醒')?.kind).toBe('device');
    });

    test('that is refused sends nothing, and says what to do; the answer is kept, and changed in the settings', async () => {
      const page = await open();
      await press(page, 'page-device', 'allow-device', 'reject');
      await expect.poll(() => notice(page)).toContain('没有同意');
      await page.click('#run-dry');
      await expect.poll(() => calls(page)).toContain('POST /v1/messages 409');
      expect(await notice(page)).not.toBe('');
      await press(page, 'allow-device');
      await expect.poll(() => calls(page)).toContainEqual(expect.stringMatching(/DeviceMessage reject/));
      await press(page, 'tab-settings', 'notices', 'kept-0', 'keep-accept', 'tab-app', 'allow-device');
      await expect.poll(() => page.locator('#device-state').textContent()).toBe('已开启缺水提醒');
    });

    test('is allowed with a voice reminder, in WeChat’s own word, and turned off by the menu of its card', async () => {
      const page = await open();
      await press(page, 'page-device', 'allow-device', 'audio', 'allow');
      await expect.poll(() => page.locator('#device-state').textContent()).toBe('已开启缺水提醒');
      expect(await calls(page)).toContain('wx.requestSubscribeDeviceMessage acceptWithAudio');
      await press(page, 'run-dry', 'banner');
      await page.getByRole('button', { name: '通知的菜单' }).click();
      await page.click('#menu-stop');
      await page.click('#tab-app');
      await expect.poll(() => page.locator('#device-state').textContent()).toBe('未开启缺水提醒');
      await page.click('#run-dry');
      await expect.poll(() => calls(page)).toContain('POST /v1/messages 409');
      const openid = stack.wechat?.users().at(-1)?.openid ?? '';
      expect(sends(openid)).toHaveLength(1);
    });
  });
}
