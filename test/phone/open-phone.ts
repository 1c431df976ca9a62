import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { afterAll, expect, onTestFinished } from 'vitest';
import { startPhone } from '../../local/phone/phone.ts';
import type { Observation } from '../../local/stack/observation.ts';
import { type Stack, type StackOptions, startStack } from '../../local/stack/stack.ts';

const AXE = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));
/** The browser's own word for an answer that some tests ask for. */
const REFUSAL = /status of 409/;
const QUIET = { info() {}, warn() {}, error() {} };

/** How a phone is looked at. */
export interface Look {
  readonly locale?: string;
  readonly width?: number;
  readonly height?: number;
  /** The page's clock stands until the test moves it. */
  readonly clock?: boolean;
}

/** The phone of `npm run dev` for one test file. */
export interface PhoneUnderTest {
  readonly stack: Stack;
  readonly url: string;
  readonly observed: readonly Observation[];
  /** A new user's phone, with nothing on its console when the test ends. */
  open(look?: Look): Promise<Page>;
}

/** Opens the phone over a stack of its own. CHROMIUM names the executable, /usr/bin/chromium by default. */
export async function usePhone(options: StackOptions = {}): Promise<PhoneUnderTest> {
  const observed: Observation[] = [];
  const stack = await startStack({
    pushEvents: { delayMs: 100 },
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

  async function open({ locale = 'zh-CN', width = 1280, height = 900, clock = false }: Look = {}) {
    const context = await browser.newContext({
      locale,
      viewport: { width, height },
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    const troubles: string[] = [];
    page.on(
      'console',
      (message) =>
        ['error', 'warning'].includes(message.type()) &&
        !REFUSAL.test(message.text()) &&
        troubles.push(message.text()),
    );
    page.on('pageerror', (error) => troubles.push(String(error)));
    onTestFinished(async () => {
      await context.close();
      expect(troubles).toEqual([]);
    });
    if (clock) await page.clock.install();
    await page.goto(phone.url);
    await page.locator('#soon').waitFor();
    return page;
  }
  return { stack, url: phone.url, observed, open };
}

export const shown = (page: Page, id: string) => page.locator(`#${id}`).waitFor();
export const cards = (page: Page) => page.locator('article');
export const notice = (page: Page) => page.locator('#notice').textContent();

/** Answers the popup. */
export async function answer(page: Page, how: 'allow' | 'reject', { always = false } = {}): Promise<void> {
  await shown(page, 'popup');
  if (always) await page.check('#always');
  await page.click(`#${how}`);
}

/** Presses the elements of these ids, one after another. */
export async function press(page: Page, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) await page.click(`#${id}`);
}

/** The calls and events underneath, each with its end: `POST /v1/grants 200`. */
export async function calls(page: Page): Promise<string[]> {
  const rows = page.locator('#requests summary');
  const [names, ends] = await Promise.all([
    rows.locator('code').allTextContents(),
    rows.locator('.end').allTextContents(),
  ]);
  return names.map((name, index) => `${name} ${ends[index]}`);
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
