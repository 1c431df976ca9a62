import { describe, expect, test } from 'vitest';
import { calls, cards, notice, type PhoneUnderTest, press, shown } from '../open-phone.ts';

/** `<button open-type="liveActivity">` and the card that follows. */
export function testServiceCards({ stack, open }: PhoneUnderTest): void {
  describe('a service card', () => {
    test('comes without a popup and follows its states: one card, in its place, a banner for each new state', async () => {
      const page = await open();
      await press(page, 'page-queue', 'take-number');
      await page.locator('#banner').waitFor();
      expect(await page.locator('#popup').count()).toBe(0);
      await expect.poll(() => page.locator('#our-cards .active').count()).toBe(1);
      await page.click('#tab-messages');
      expect(await cards(page).textContent()).toMatch(/排队中.*A121.*A101.*10–15 分钟/);
      await press(page, 'tab-app', 'call-next');
      await page.click('#tab-messages');
      await expect.poll(() => cards(page).textContent()).toMatch(/排队中.*A112.*5–8 分钟/);
      expect(await page.locator('.banners button').count()).toBe(0);
      await press(page, 'tab-app', 'call-next');
      await page.locator('#banner').waitFor();
      expect(await page.locator('#banner').textContent()).toContain('即将叫号');
      await page.click('#banner');
      expect(await cards(page).count()).toBe(1);
      expect(await cards(page).textContent()).toMatch(/即将叫号.*A118/);
      await press(page, 'tab-app', 'call-next');
      expect(await page.locator('#call-next').isDisabled()).toBe(true);
      expect(await page.locator('#ledger').count()).toBe(0);
    });

    test('what the tap gave, the service’s requests and WeChat’s are seen underneath', async () => {
      const page = await open();
      await press(page, 'page-queue', 'take-number');
      await expect.poll(() => page.locator('#our-cards .active').count()).toBe(1);
      await page.click('#call-next');
      const expected = [
        '<button open-type="liveActivity"> ok',
        'POST /v1/cards 202',
        'POST /wxa/set_user_notify errcode 0',
        expect.stringMatching(/^PATCH \/v1\/cards\/\S+ 200$/),
        'POST /wxa/set_user_notify errcode 0',
      ];
      await expect
        .poll(async () => (await calls(page)).filter((call) => /button|card|notify/.test(call)))
        .toEqual(expected);
    });

    test('that the user refuses changes no more: the service learns it from WeChat’s event', async () => {
      const page = await open();
      await press(page, 'page-queue', 'take-number', 'banner');
      await page.getByRole('button', { name: '通知的菜单' }).click();
      await page.click('#menu-stop');
      await press(page, 'tab-app', 'call-next');
      await expect.poll(() => page.locator('#our-cards .refused').count()).toBe(1);
      expect(await calls(page)).toContainEqual(expect.stringContaining('notify_service_msg_send_result'));
      await page.click('#tab-messages');
      expect(await cards(page).textContent()).toContain('A101');
    });

    test('that WeChat refuses says so in the page’s language', async () => {
      const page = await open({ locale: 'en-US' });
      await page.click('#page-queue');
      await page.route('**/api/v1/cards', (route) =>
        route.fulfill({
          status: 409,
          json: { code: 'card-exists', remedy: { en: 'Take another code.', zh: '请换一个 code。' } },
        }),
      );
      await page.click('#take-number');
      await expect.poll(() => notice(page)).toBe('Take another code.');
      await page.click('#language');
      expect(await notice(page)).toBe('请换一个 code。');
      await page.unroute('**/api/v1/cards');
      await page.click('#take-number');
      await shown(page, 'call-next');
      expect(stack.wechat?.received({ call: 'set-card' }).items.length).toBeGreaterThan(0);
    });
  });
}
