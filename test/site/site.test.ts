import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type Stack, startStack } from '../../local/stack/stack.ts';

const DIST = 'docs/.vitepress/dist';
const BASE = '/qingniao/';
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

let stack: Stack;
let server: ChildProcess;
let browser: Browser;
let page: Page;
let site: string;
/** What other hosts were asked for since a page was opened. */
const elsewhere: string[] = [];

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address ? address.port : 0;
}

// Built as the workflow builds it: below the project's name, with links into the repository.
beforeAll(async () => {
  stack = await startStack({ logger: quiet, dispatchEverySeconds: 0 });
  const env = {
    ...process.env,
    DOCS_BASE: BASE,
    GITHUB_REPOSITORY: 'owner/qingniao',
  };
  await promisify(execFile)(process.execPath, ['local/docs.ts', '--build'], { env, maxBuffer: 10_000_000 });
  const port = await freePort();
  server = spawn(process.execPath, ['local/docs.ts', '--preview', '--port', String(port)], { env });
  site = `http://localhost:${port}${BASE}`;
  await vi.waitFor(async () => expect((await fetch(site)).ok).toBe(true), { timeout: 60_000 });
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  page = await browser.newPage();
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).hostname !== 'localhost')
      elsewhere.push(request.url());
  });
});

afterAll(async () => {
  await browser?.close();
  server?.kill();
  await stack?.close();
});

const pages = () =>
  readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'));
const html = (page: string) => readFileSync(join(DIST, page), 'utf8');

/** The file that an address of the site is served from. */
function fileOf(path: string): string | undefined {
  const name = decodeURI(path.slice(BASE.length));
  const candidates = [name, `${name}.html`, join(name, 'index.html')];
  return candidates.find((file) => /\.\w+$/.test(file) && existsSync(join(DIST, file)));
}

test('every link within the site leads to a page or file of it, and to a heading there', () => {
  expect(pages().length).toBeGreaterThan(80);
  const broken = pages().flatMap((page) => {
    const self = `${BASE}${page.replace(/\.html$/, '')}`;
    const links = [...html(page).matchAll(/<a [^>]*href="([^"]+)"/g)].map(([, href = '']) => href);
    return links.flatMap((href) => {
      const { origin, pathname, hash } = new URL(href, `http://site${self}`);
      if (origin !== 'http://site') return [];
      const target = fileOf(pathname);
      if (target === undefined) return [`${page}: ${href}`];
      const anchor = decodeURIComponent(hash.slice(1));
      return anchor === '' || html(target).includes(`id="${anchor}"`) ? [] : [`${page}: ${href}`];
    });
  });
  expect(broken).toEqual([]);
});

test('what a page says in Markdown is not left as Markdown', () => {
  const left = pages().flatMap((page) => {
    const text = html(page).replaceAll(/<(pre|code|script)[^>]*>.*?<\/\1>/gs, '');
    return /\*\*|\]\(/.test(text.replaceAll(/<[^>]+>/g, '')) ? [page] : [];
  });
  expect(left).toEqual([]);
});

/** Opens a page of the site in a window so wide, and notes what it asks other hosts for. */
async function look(path: string, width = 1280): Promise<void> {
  elsewhere.length = 0;
  await page.setViewportSize({ width, height: 900 });
  await page.goto(`${site}${path}`, { waitUntil: 'load' });
}

test.each([
  ['zh/start', 390],
  ['zh/errors', 390],
  ['en/cost', 390],
  ['zh/how-it-works', 390],
  ['zh/start', 1280],
])('%s fits a window of %i px and asks no other host for anything', async (path, width) => {
  await look(path, width);
  const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
  expect([overflow, elsewhere]).toEqual([0, []]);
});

test.each([
  ['zh', '授权'],
  ['zh', '幂等键'],
  ['en', 'idempotency'],
])('the search of %s finds %s', async (language, words) => {
  await look(`${language}/`);
  await page.locator('.DocSearch-Button').click();
  await page.locator('.VPLocalSearchBox input').fill(words);
  await page.locator('.VPLocalSearchBox .result').first().click();
  await expect.poll(() => page.url()).not.toMatch(/(zh|en)\/$/);
  await expect.poll(() => page.locator('main').textContent()).toMatch(new RegExp(words, 'i'));
  expect([page.url().includes(`/${language}/`), elsewhere]).toEqual([true, []]);
});

test('the API reference shows the operations by their tags', async () => {
  await look('zh/api');
  await page.getByText('/v1/messages/batch').first().waitFor();
  await page.getByText('显示操作').nth(2).click();
  await page.getByText('Send a message, now or at a time').first().waitFor();
  expect(elsewhere).toEqual([]);
});

test('npm run docs passes calls of its API reference on to the service', async () => {
  const port = await freePort();
  const env = { ...process.env, QINGNIAO_URL: stack.apiUrl };
  const shown = spawn(process.execPath, ['local/docs.ts', '--port', String(port)], { env });
  onTestFinished(() => void shown.kill());
  const health = () => fetch(`http://localhost:${port}/v1/health`).then((answer) => answer.json());
  await expect.poll(() => health().catch(() => undefined), { timeout: 60_000 }).toEqual({ status: 'ok' });
});
