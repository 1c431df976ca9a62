import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { answer, axeFindings, cards, sidewaysOverflow, usePhone } from './open-phone.ts';

const MORE = { settings: { USER_SENDABLE_TEMPLATES: '*' } };
const { stack, open } = await usePhone({ moreApps: [MORE, MORE] });
const [first, second] = stack.wechat?.apps() ?? [];

async function switchTo(page: Page, number: number): Promise<void> {
  const name = number === 1 ? '康健门诊' : `康健门诊 ${number} 号店`;
  await page.locator('#app-choice').selectOption(String(number));
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
}

describe('a phone with several mini programs', () => {
  test('each has its own user, grants and cards; going back finds them as they were', async () => {
    const page = await open();
    await page.click('#now');
    await answer(page, 'allow');
    await page.locator('#messages .delivered').waitFor();
    await switchTo(page, 2);
    expect(await page.locator('#messages li').count()).toBe(0);
    expect(await page.locator('#ledger').textContent()).toMatch(/0 已用/);
    await page.click('#tab-messages');
    expect(await cards(page).count()).toBe(0);
    await page.click('#tab-app');
    await page.click('#now');
    await answer(page, 'allow');
    await page.locator('#messages .delivered').waitFor();
    await page.click('#tab-messages');
    expect(await cards(page).textContent()).toContain('康健门诊 2 号店');
    await page.locator('#app-choice').selectOption('1');
    await page.click('#tab-messages');
    await expect.poll(() => cards(page).count()).toBe(1);
    expect(await cards(page).textContent()).not.toContain('2 号店');
    for (const app of [first, second]) {
      expect(app?.received({ call: 'send' }).items).toHaveLength(1);
      expect(app?.received({ call: 'login' }).stats.byCall['login']?.byErrcode).toEqual({ 0: 1 });
    }
  });

  test('a card that comes to a mini program that is not seen waits there, unread', async () => {
    const page = await open();
    await switchTo(page, 2);
    await page.click('#soon');
    await answer(page, 'allow');
    await page.getByText('好的，5 秒后提醒您').waitFor();
    await switchTo(page, 3);
    await expect.poll(() => second?.received({ call: 'send' }).items.length, { timeout: 10_000 }).toBe(2);
    expect(await page.locator('.badge').count()).toBe(0);
    await switchTo(page, 2);
    await expect.poll(() => page.locator('.badge').textContent()).toBe('1');
  });

  test('the language that was chosen goes along', async () => {
    const page = await open();
    await page.click('#language');
    await page.locator('#app-choice').selectOption('2');
    await page.getByRole('heading', { level: 1, name: 'Kangjian Clinic, branch 2' }).waitFor();
    expect(await page.locator('#app-choice').inputValue()).toBe('2');
  });

  test.each([
    [390, 'zh-CN'],
    [1280, 'en-US'],
  ])('%d pixels wide, in %s, it fits, and axe finds nothing', async (width, locale) => {
    const page = await open({ width, height: 844, locale });
    await page.locator('#app-choice').selectOption('2');
    await page.getByRole('heading', { level: 1, name: / 2/ }).waitFor();
    expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
    const { right } = await page.locator('#app-choice').evaluate((choice) => choice.getBoundingClientRect());
    expect(right).toBeLessThanOrEqual(width);
    expect(await axeFindings(page)).toEqual([]);
  });

  test('is switched by keyboard', async () => {
    const page = await open();
    await page.locator('#app-choice').focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('heading', { level: 1, name: '康健门诊 2 号店' }).waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('app-choice');
  });
});
