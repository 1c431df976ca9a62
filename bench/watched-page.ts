import { type CDPSession, chromium, type Page } from 'playwright-core';
import { DEV_API_KEY } from '../local/stack/environment.ts';

/** Kept by the page itself: how long each of its tasks took that was over 50 ms. */
const KEEP_LONG_TASKS = `
  globalThis.longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask', buffered: true });
`;

/** A page of the console in a real browser, as it is measured. */
export interface WatchedPage {
  readonly page: Page;
  /** Requests to the API since the last call. */
  takeRequests(): number;
  /** Its longest task since the last call, in ms; 0 where none was over 50. */
  takeLongestTask(): Promise<number>;
  /** What it holds after the garbage is gone. */
  heapBytes(): Promise<number>;
}

/** A browser in which pages of the console at `apiUrl` are opened. @throws Error without Chromium */
export async function openWatchedBrowser(apiUrl: string) {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  return {
    close: () => browser.close(),
    async open(path: string): Promise<WatchedPage> {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
      await page.addInitScript(KEEP_LONG_TASKS);
      const devtools: CDPSession = await page.context().newCDPSession(page);
      let requests = 0;
      page.on('request', (request) => {
        if (request.url().startsWith(`${apiUrl}/v1/`)) requests += 1;
      });
      await page.goto(`${apiUrl}/console${path}#key=${DEV_API_KEY}`);
      return {
        page,
        takeRequests() {
          const taken = requests;
          requests = 0;
          return taken;
        },
        takeLongestTask: () => page.evaluate<number>('Math.max(0, ...longTasks.splice(0))'),
        async heapBytes() {
          await devtools.send('HeapProfiler.collectGarbage');
          return (await devtools.send('Runtime.getHeapUsage')).usedSize;
        },
      };
    },
  };
}

/** See {@link openWatchedBrowser}. */
export type WatchedBrowser = Awaited<ReturnType<typeof openWatchedBrowser>>;
