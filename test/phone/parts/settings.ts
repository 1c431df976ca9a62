import { describe, expect, test } from 'vitest';
import { answer, cards, notice, type PhoneUnderTest, press, shown } from '../open-phone.ts';

/** What the user keeps, takes back and turns off, where WeChat has it. */
export function testSettings({ open }: PhoneUnderTest): void {
  describe('the settings', () => {
    test('list what is kept, and nothing else', async () => {
      const page = await open();
      await press(page, 'tab-settings', 'notices');
      expect(await page.locator('#kept').textContent()).toContain('还没有');
      await press(page, 'tab-app', 'now');
      await answer(page, 'allow', { always: true });
      await page.locator('#banner').waitFor();
      await press(page, 'tab-settings', 'notices');
      expect(await page.locator('#kept-0').textContent()).toBe('预约提醒接收');
    });

    test('a kept refusal shows no popup any more; the guide leads to the settings, where it is changed', async () => {
      const page = await open();
      await page.click('#now');
      await answer(page, 'reject', { always: true });
      await page.locator('#guide').or(page.getByText('您没有同意')).first().waitFor();
      await page.keyboard.press('Escape');
      await page.click('#now');
      await shown(page, 'guide');
      await press(page, 'guide-settings', 'notices', 'kept-0', 'keep-accept');
      await expect.poll(() => page.locator('#keep-accept').getAttribute('aria-checked')).toBe('true');
      await press(page, 'back', 'back', 'back', 'now');
      await page.locator('#banner').waitFor();
    });

    test('a kept accept: the next tap sends without a popup', async () => {
      const page = await open();
      await page.click('#now');
      await answer(page, 'allow', { always: true });
      await page.locator('#banner').waitFor();
      await page.click('#now');
      await page.click('#tab-messages');
      await expect.poll(() => cards(page).count()).toBe(2);
    });

    test('the main switch is off: the guide says so', async () => {
      const page = await open();
      await press(page, 'tab-settings', 'notices', 'main-switch');
      await page.locator('#kept').waitFor({ state: 'detached' });
      await press(page, 'tab-app', 'now');
      await shown(page, 'guide');
      expect(await page.locator('#guide').textContent()).toContain('接收通知');
    });
  });

  describe('the menu of a card', () => {
    test('turns off what it is of: what was granted is revoked, and not spent', async () => {
      const page = await open();
      const ledger = () => page.locator('#ledger dd').allTextContents();
      await page.click('#now');
      await answer(page, 'allow');
      await page.locator('#messages .delivered').waitFor();
      await page.click('#soon');
      await answer(page, 'allow');
      await expect.poll(ledger).toEqual([expect.stringMatching(/0 可用.*1 预留.*1 已用/), '2 授权1 已用']);
      await page.click('#tab-messages');
      await page.getByRole('button', { name: '通知的菜单' }).click();
      await page.click('#menu-stop');
      await expect.poll(ledger).toEqual(['0 可用0 预留1 已用1 已失效', '2 授权1 已用1 已失效']);
      await press(page, 'tab-app', 'now');
      await shown(page, 'guide');
      expect(await notice(page)).toBe('');
    });
  });
}
