import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { answer, axeFindings, type PhoneUnderTest, press, shown, sidewaysOverflow } from '../open-phone.ts';

/** Everything on the page that can be read, labels included. */
const allText = (page: Page): Promise<string> =>
  page.evaluate(`[document.body.innerText, document.title,
    ...[...document.querySelectorAll('[aria-label]')].map((one) => one.getAttribute('aria-label'))].join(' ')`);

/** Screens by the presses that lead there, one after another. */
const WAY: readonly (readonly string[])[] = [
  ['page-device'],
  ['page-queue'],
  ['page-tap', 'ask-timer'],
  ['capsule'],
  ['menu-cancel', 'leave'],
  ['tab-settings'],
  ['notices'],
  ['tab-messages'],
];

/** How the page looks, speaks and is worked. */
export function testLook({ url, stack, open }: PhoneUnderTest): void {
  describe('the page', () => {
    test.each([
      ['zh-CN', '5 秒后提醒我'],
      ['en-US', 'Remind me in 5 seconds'],
    ])('speaks the language of the browser (%s), and the other at a click', async (locale, text) => {
      const page = await open({ locale });
      expect(await page.locator('#soon').textContent()).toBe(text);
      await page.click('#language');
      expect(await page.locator('#soon').textContent()).not.toBe(text);
    });

    test.each([
      [390, 'zh-CN'],
      [390, 'en-US'],
      [1280, 'zh-CN'],
      [1280, 'en-US'],
    ])(
      '%d pixels wide, in %s: one language, drawn icons, nothing too wide, nothing that axe finds',
      async (width, locale) => {
        const page = await open({ width, height: width < 800 ? 844 : 800, locale });
        // Each language and each width once: what axe looks at is the same in both.
        const isForAxe = (width === 390) === (locale === 'zh-CN');
        const other = locale === 'en-US' ? /[\u4e00-\u9fff]/ : undefined;
        async function look(): Promise<void> {
          expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
          if (isForAxe) expect(await axeFindings(page)).toEqual([]);
          // The way to the other language is named in that language.
          const text = (await allText(page)).replace('中文', '');
          if (other) expect(text).not.toMatch(other);
        }
        await look();
        await page.click('#now');
        await shown(page, 'popup');
        await page.click('#preview-button');
        await look();
        await page.click('#allow');
        await page.locator('#banner').waitFor();
        await page.locator('#messages .delivered').waitFor();
        for (const list of ['messages', 'requests']) await page.locator(`#${list} summary`).last().click();
        expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
        for (const list of ['messages', 'requests']) await page.locator(`#${list} summary`).last().click();
        await look();
        for (const ids of WAY) {
          await press(page, ...ids);
          await look();
        }
      },
    );

    test('leads to the console and to the page of the API', async () => {
      const page = await open({ locale: 'en-US' });
      const href = (id: string) => page.locator(id).getAttribute('href');
      expect(await href('#to-console')).toBe(`${stack.apiUrl}/console/#key=dev-key`);
      expect(await href('#to-api')).toBe(`${stack.apiUrl}/?lang=en`);
      expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
    });

    test('works by keyboard alone, and the focus stays in the popup until it is answered', async () => {
      const page = await open();
      await page.locator('#now').focus();
      await page.keyboard.press('Enter');
      await shown(page, 'popup');
      const focused = () => page.evaluate('document.activeElement.id');
      await expect.poll(focused).toBe('allow');
      const stops = new Set<unknown>();
      for (let n = 0; n < 8; n++) {
        await page.keyboard.press('Tab');
        stops.add(await focused());
      }
      expect(stops).toEqual(new Set(['preview-button', 'always', 'reject', 'allow']));
      await page.locator('#always').focus();
      await page.keyboard.press('Escape');
      await expect.poll(() => page.locator('#popup').count()).toBe(0);
      await expect.poll(focused).toBe('now');
      await page.keyboard.press('Space');
      await shown(page, 'popup');
      await expect.poll(focused).toBe('allow');
      await page.keyboard.press('Enter');
      await page.locator('#banner').waitFor();
    });

    test('a row underneath opens by keyboard, and its command is copied', async () => {
      const page = await open();
      await page.click('#only');
      await answer(page, 'allow');
      const row = page.locator('#requests summary', { hasText: 'POST /v1/grants' });
      await row.getByText('200').waitFor();
      await row.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: '复制为 curl' }).focus();
      await page.keyboard.press('Enter');
      await page.getByText('已复制').waitFor();
    });
  });
}
