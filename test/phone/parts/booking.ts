import { describe, expect, test } from 'vitest';
import { answer, cards, notice, type PhoneUnderTest, press, shown } from '../open-phone.ts';

/** From a tap to a card. */
export function testBooking({ stack, open }: PhoneUnderTest): void {
  describe('from the page to a card', () => {
    test('it takes two clicks: the card shows by itself, and lies among the notifications', async () => {
      const page = await open();
      await page.click('#now');
      await page.click('#allow');
      await page.locator('#banner').waitFor();
      await page.click('#tab-messages');
      expect(await cards(page).count()).toBe(1);
      expect(await cards(page).textContent()).toContain('口腔洁治');
      expect(await cards(page).textContent()).toContain('进入小程序查看');
    });

    test('a reminder comes after its five seconds and not before', async () => {
      const page = await open();
      await page.click('#soon');
      await answer(page, 'allow');
      const bookedAtMs = Date.now();
      await page.locator('#banner').waitFor({ timeout: 10_000 });
      expect(Date.now() - bookedAtMs).toBeGreaterThan(3_500);
      expect(Date.now() - bookedAtMs).toBeLessThan(8_000);
    });

    test('a tap that only allows sends nothing: the stock rises, tap by tap, and a later one spends it', async () => {
      const page = await open();
      const left = () => page.locator('#left').textContent();
      for (const stock of ['1 次', '2 次']) {
        await page.click('#only');
        await answer(page, 'allow');
        await expect.poll(() => notice(page)).toContain('没有发送');
        await expect.poll(left).toBe(stock);
      }
      expect(await page.locator('#ledger').textContent()).toMatch(/2 可用0 预留/);
      expect(await page.locator('#messages li').count()).toBe(0);
      await page.click('#now');
      await answer(page, 'allow');
      await page.locator('#messages .delivered').first().waitFor();
      await expect.poll(left).toBe('2 次');
    });

    test('what was in English when it was asked for is in English on the card', async () => {
      const page = await open({ locale: 'en-US' });
      await page.click('#now');
      await page.click('#allow');
      await page.locator('#banner').waitFor();
      await page.click('#tab-messages');
      expect(await cards(page).textContent()).toMatch(/Appointment reminder.*Dental cleaning/);
    });
  });

  describe('the popup', () => {
    test('shows an example of what it asks for', async () => {
      const page = await open();
      await page.click('#only');
      await shown(page, 'popup');
      expect(await page.locator('#preview').isVisible()).toBe(false);
      await page.click('#preview-button');
      expect(await page.locator('#preview').textContent()).toContain('中山路88号二楼');
      expect(await page.locator('#preview-button').getAttribute('aria-expanded')).toBe('true');
    });

    test('the capsule stands beside it: its menu leads to the settings, and leaving to the notifications', async () => {
      const page = await open();
      await press(page, 'capsule', 'menu-settings');
      await shown(page, 'notices');
      await press(page, 'back', 'leave', 'chat-messages');
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('服务通知');
      await press(page, 'back', 'chat-app');
      await shown(page, 'now');
    });

    test('is refused: nothing is sent, and the next tap asks again', async () => {
      const page = await open();
      await page.click('#now');
      await answer(page, 'reject');
      await expect.poll(() => notice(page)).toContain('没有同意');
      await page.click('#now');
      await shown(page, 'popup');
      expect(await page.locator('#messages li').count()).toBe(0);
    });
  });

  describe('banners', () => {
    test('each stays for its own eight seconds: the second falls in over the first', async () => {
      const page = await open({ clock: true });
      const seen = () => page.locator('.banners button').count();
      const sendNow = async (times: number) => {
        await page.click('#now');
        await answer(page, 'allow');
        await expect.poll(() => page.locator('#messages .delivered').count()).toBe(times);
        await expect.poll(seen).toBe(times);
      };
      await sendNow(1);
      // Half of its time, so that the second has as long to come as the first has to go.
      await page.clock.fastForward(4_000);
      await sendNow(2);
      await shown(page, 'banner-below');
      await page.clock.fastForward(4_000);
      await expect.poll(seen).toBe(1);
      await shown(page, 'banner');
      await page.clock.fastForward(8_000);
      await expect.poll(seen).toBe(0);
    });

    test('two cards that come in one moment have a banner each', async () => {
      const page = await open();
      await page.route('**/_control/received**', (route) =>
        route.fulfill({ json: { stats: { total: 0 }, items: [] } }),
      );
      for (let tap = 0; tap < 2; tap++) {
        await page.click('#now');
        await answer(page, 'allow');
        await expect.poll(() => notice(page)).toContain('通知已发出');
      }
      await stack.idle();
      await page.unroute('**/_control/received**');
      await expect.poll(() => page.locator('.banners button').count()).toBe(2);
    });
  });
}
