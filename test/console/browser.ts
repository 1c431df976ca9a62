import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ConsoleMessage, chromium, type Page, type Request } from 'playwright-core';
import { afterAll, expect, onTestFinished } from 'vitest';

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** Where pictures of the pages are put, for people to look at; unset, none are taken. */
const PICTURES = process.env['CONSOLE_PICTURES'];

/** How a page is looked at. */
export interface View {
  readonly language: 'zh' | 'en';
  readonly width: number;
  readonly colors?: 'light' | 'dark';
}

/** What one page has to itself. */
export interface OpenOptions {
  /** Signs in with this key; by default the one that may do all. */
  readonly key?: string;
  /** The mini program that it is about; by default the first. */
  readonly appid?: string;
  /** With settings and a network of its own, which the test may change. */
  readonly isFresh?: boolean;
}

/** A browser. What its pages' consoles say, and what their policy refuses, fails the test. */
export async function openBrowser() {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    // Without a graphics card its emulation is all work.
    args: ['--no-sandbox', '--disable-gpu'],
  });
  afterAll(() => browser.close());
  // A page that was looked at in the same way goes on where the last test left it: a new one takes as long as the test.
  const idle = new Map<string, Page[]>();

  const newPage = async ({ language, width, colors = 'light' }: View) => {
    const context = await browser.newContext({
      locale: language === 'zh' ? 'zh-CN' : 'en-GB',
      timezoneId: 'Asia/Shanghai',
      viewport: { width, height: 900 },
      colorScheme: colors,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    return page;
  };

  /** Opens an address of a page of the console, signed in as that address says. */
  return async (address: string, view: View, { appid, isFresh = false }: OpenOptions = {}): Promise<Page> => {
    const name = JSON.stringify(view);
    const page = (isFresh ? undefined : idle.get(name)?.pop()) ?? (await newPage(view));
    const { origin } = new URL(address);
    const watching = watch(page, origin);
    onTestFinished(async ({ task }) => {
      watching.stop();
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      if (isFresh || task.result?.state !== 'pass') await page.context().close();
      else idle.set(name, [...(idle.get(name) ?? []), page]);
      expect(watching.troubles).toEqual([]);
    });
    // A picture of the same origin, where what the tab keeps can be set before the page begins.
    await page.goto(`${origin}/console/icon.svg`);
    await page.evaluate(
      `sessionStorage.clear(); ${appid === undefined ? '' : `sessionStorage.setItem('qingniao.app', '${appid}')`}`,
    );
    await page.goto(address);
    return page;
  };
}

/** Collects what should not happen on a page. A refusal of the service is no trouble of the page's. */
function watch(page: Page, origin: string) {
  const troubles: string[] = [];
  const onConsole = (message: ConsoleMessage) => {
    const { url } = message.location();
    // Browsers ask for a favicon of the picture that pages begin with.
    const isAnswer = message.text().startsWith('Failed to load resource') && /\/v1\/|favicon\.ico$/.test(url);
    if (['error', 'warning'].includes(message.type()) && !isAnswer) troubles.push(message.text());
  };
  const onError = (error: Error) => {
    troubles.push(String(error));
  };
  const onRequest = (request: Request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('blob:')) troubles.push(`asked ${url}`);
  };
  page.on('console', onConsole);
  page.on('pageerror', onError);
  page.on('request', onRequest);
  return {
    troubles,
    stop() {
      page.off('console', onConsole);
      page.off('pageerror', onError);
      page.off('request', onRequest);
    },
  };
}

/** What axe finds serious or critical on the page as it stands. */
async function seriousFindings(page: Page): Promise<readonly string[]> {
  // By the devtools, since the page's own policy lets no other script in.
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(AXE);
  const { violations } = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
  }>('axe.run({ resultTypes: ["violations"], preload: false })');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    );
}

/** Holds the page as it stands against what every page must be, and takes its picture. */
export async function lookAt(
  page: Page,
  name: string,
  { language, width, colors = 'light' }: View,
): Promise<void> {
  await page.waitForLoadState('networkidle');
  const overflow = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(overflow).toBeLessThanOrEqual(0);
  if (PICTURES !== undefined) {
    mkdirSync(PICTURES, { recursive: true });
    const file = [name, language, width, ...(colors === 'dark' ? ['dark'] : [])].join('-');
    // What sticks to the top stands in the middle of a whole page otherwise.
    await page.evaluate('scrollTo(0, 0)');
    await page.screenshot({ path: join(PICTURES, `${file}.png`), fullPage: true });
  }
  expect(await seriousFindings(page)).toEqual([]);
}
