import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, expect, onTestFinished } from 'vitest';
import { buildConsole } from '../../local/console/build-console.ts';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import { type StackOptions, startStack } from '../../local/stack/stack.ts';

const AXE = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));

/** Where pictures of the pages are put, for people to look at; unset, none are taken. */
const PICTURES = process.env['CONSOLE_PICTURES'];

/**
 * The languages and the widths that every journey is made in. With CONSOLE_VIEWS=two it is made in two of them, each language
 * and each width once, which takes half the time.
 */
export const VIEWS = [
  { language: 'zh', width: 390 },
  { language: 'en', width: 1280 },
  ...(process.env['CONSOLE_VIEWS'] === 'two'
    ? []
    : ([
        { language: 'zh', width: 1280 },
        { language: 'en', width: 390 },
      ] as const)),
] as const;

/** How a page is looked at. */
export interface View {
  readonly language: 'zh' | 'en';
  readonly width: number;
  readonly colors?: 'light' | 'dark';
  /** Signs in with this key; by default the one that may do all. */
  readonly key?: string;
}

const QUIET = { info() {}, warn() {}, error() {} };

/** The whole local stack with the console, and a browser to look at it with. */
export async function startConsole(options: StackOptions = {}) {
  await buildConsole();
  const stack = await startStack({ logger: QUIET, ...options });
  const browser: Browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  afterAll(async () => {
    await browser.close();
    await stack.close();
  });

  async function call(method: string, path: string, body?: unknown, key = DEV_API_KEY) {
    const response = await fetch(stack.apiUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  return {
    stack,
    call,
    /** Opens a page of the console, signed in. What its console says, and what its policy refuses, fails the test. */
    async open(path: string, { language, width, colors = 'light', key = DEV_API_KEY }: View): Promise<Page> {
      const context = await browser.newContext({
        locale: language === 'zh' ? 'zh-CN' : 'en-GB',
        timezoneId: 'Asia/Shanghai',
        viewport: { width, height: 900 },
        colorScheme: colors,
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      const troubles = watch(page, stack.apiUrl);
      onTestFinished(async () => {
        await context.close();
        expect(troubles).toEqual([]);
      });
      await page.goto(`${stack.apiUrl}/console${path}#key=${key}`);
      return page;
    },
    /** A user who allows the template so many times. */
    async userWith(templateId: string, times: number): Promise<string> {
      const { wechat } = stack;
      if (!wechat) throw new Error('These tests need the simulated WeChat.');
      const openid = wechat.createUser();
      for (let tap = 0; tap < times; tap++) {
        const { errMsg: _, ...results } = wechat.subscribe({ openid, results: { [templateId]: 'accept' } });
        await call('POST', '/v1/grants', { openid, requestId: randomUUID(), results });
      }
      return openid;
    },
  };
}

/** Collects what should not happen on a page. A refusal of the service is no trouble of the page's. */
function watch(page: Page, origin: string): string[] {
  const troubles: string[] = [];
  page.on('console', (message) => {
    const { url } = message.location();
    const isAnswer = message.text().startsWith('Failed to load resource') && url.includes('/v1/');
    if (['error', 'warning'].includes(message.type()) && !isAnswer) troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) troubles.push(`asked ${request.url()}`);
  });
  return troubles;
}

/** What axe finds serious or critical on the page as it stands. */
async function seriousFindings(page: Page): Promise<readonly string[]> {
  // By the devtools, since the page's own policy lets no other script in.
  await page.evaluate(await readAxe());
  const { violations } = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
  }>('axe.run({ resultTypes: ["violations"] })');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    );
}

let axe: Promise<string> | undefined;

function readAxe(): Promise<string> {
  axe ??= import('node:fs/promises').then(({ readFile }) => readFile(AXE, 'utf8'));
  return axe;
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
