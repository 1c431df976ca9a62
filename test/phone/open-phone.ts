import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { afterAll, expect, onTestFinished } from 'vitest';
import { startPhone } from '../../local/phone/phone.ts';
import type { Observation } from '../../local/stack/observation.ts';
import { type StackOptions, startStack } from '../../local/stack/stack.ts';

const AXE = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));
const QUIET = { info() {}, warn() {}, error() {} };

/**
 * The phone of `npm run dev` for one test file, over a stack of its own. CHROMIUM names the executable, /usr/bin/chromium by
 * default. `open` gives a new user's phone, with nothing on its console when the test ends.
 */
export async function usePhone(options: StackOptions = {}) {
  const observed: Observation[] = [];
  const stack = await startStack({
    pushEvents: { delayMs: 300 },
    settings: { USER_SENDABLE_TEMPLATES: '*' },
    logger: QUIET,
    observe: (observation) => observed.push(observation),
    ...options,
  });
  const phone = await startPhone({ port: 0, apiUrl: stack.apiUrl, wechatUrl: stack.wechatUrl ?? '' });
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  afterAll(async () => {
    await browser.close();
    await phone.close();
    await stack.close();
  });

  async function open({ locale = 'zh-CN', width = 1080, height = 900, clock = false } = {}): Promise<Page> {
    const page = await browser.newPage({ locale, viewport: { width, height }, reducedMotion: 'reduce' });
    const troubles: string[] = [];
    page.on(
      'console',
      (message) => ['error', 'warning'].includes(message.type()) && troubles.push(message.text()),
    );
    page.on('pageerror', (error) => troubles.push(String(error)));
    onTestFinished(async () => {
      await page.close();
      expect(troubles).toEqual([]);
    });
    if (clock) await page.clock.install();
    await page.goto(phone.url);
    await page.getByRole('button', { name: /5 秒后提醒我|Remind me in 5 seconds/ }).waitFor();
    return page;
  }
  return { stack, observed, open };
}

export const shown = (page: Page, id: string) => page.locator(`#${id}`).waitFor();
export const cards = (page: Page) => page.locator('article');

/** Answers the popup. */
export async function answer(page: Page, how: 'allow' | 'reject', { always = false } = {}): Promise<void> {
  await shown(page, 'popup');
  if (always) await page.check('#always');
  await page.click(`#${how}`);
}

/** By how many pixels the page is too wide. */
export const sidewaysOverflow = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** What axe finds inaccessible on what is seen now. */
export async function axeFindings(page: Page): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.addScriptTag({ path: AXE });
  const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    'axe.run()',
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
