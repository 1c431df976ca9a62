import { setTimeout as sleep } from 'node:timers/promises';
import { buildConsole } from '../local/console/build-console.ts';
import { startStack } from '../local/stack/stack.ts';
import { localTable } from '../local/stack/table.ts';
import { type Figure, median } from './figures.ts';
import type { MeasureOptions } from './options.ts';
import { seedGrantees } from './seed-grantees.ts';
import { TEMPLATE } from './senders/message.ts';
import { QUIET, stackClient } from './stack-client.ts';
import { startQueueSender } from './start-queue-sender.ts';
import {
  figuresOfApi,
  figuresOfPage,
  PHASE_MS,
  type Phase,
  WATCHERS,
  type Watching,
} from './watch-figures.ts';
import { exporting, listing } from './watch-lists.ts';
import { openWatchedBrowser, type WatchedBrowser, type WatchedPage } from './watched-page.ts';

const LATENCY_MS = 50;
const PROBE_EVERY_MS = 200;
const MOST_PHASES = 8;
const TELL_EVERY_MS = 15_000;

/**
 * A run of `recipients`, watched by turns and not, and what the page does with so many: its export, and a list of a
 * million. One container sends; it, the API, the engine and the browser share this machine.
 */
export async function measureWatchedRun({ print, recipients }: MeasureOptions): Promise<readonly Figure[]> {
  await buildConsole();
  const stack = await startStack({
    logger: QUIET,
    templates: [TEMPLATE],
    pollers: 0,
    dispatchEverySeconds: 0,
    sweepEverySeconds: 0,
  });
  const service = stackClient(stack);
  const table = localTable(stack.dynamodbEndpoint, stack.tableName, service.wechat.appId);
  const browser = await openWatchedBrowser(stack.apiUrl);
  try {
    service.wechat.setLatency({ ms: LATENCY_MS });
    print(`  making ${recipients} users who allowed the template`);
    await seedGrantees(table, service.wechat, {
      count: recipients,
      templateId: TEMPLATE.templateId,
      grantedAtMs: Date.now() - 60_000,
    });
    await service.api.POST('/v1/templates/sync');
    const sender = await startQueueSender(
      stack,
      { functionName: 'send-campaign', queueName: 'CampaignQueue', pollers: 1 },
      [],
    );
    try {
      const ids = await service.startRun();
      const path = `/campaigns/${ids.campaignId}/runs/${ids.runId}`;
      const look = () => lookAtRun(service.api, ids);
      const told = (figures: readonly Figure[]) => {
        for (const { name, value, unit } of figures) print(`  ${name}: ${value.toFixed(1)} ${unit}`);
        return figures;
      };
      const watched = told(figuresOf(recipients, await watch(look, path, browser, print)));
      // The same machine would do both at a time.
      await untilFinished(look, print);
      print('  exporting');
      const exported = told(await exporting(browser, path, recipients));
      print('  reading a list of a million');
      return [...watched, ...exported, ...told(await listing(browser))];
    } finally {
      await sender.close();
    }
  } finally {
    await browser.close();
    await table.client.destroy();
    await stack.close();
  }
}

type Api = ReturnType<typeof stackClient>['api'];

/** A run as the API tells it, and how long that took. */
async function lookAtRun(api: Api, { campaignId, runId }: { campaignId: string; runId: string }) {
  const startedAt = performance.now();
  const { data } = await api.GET('/v1/campaigns/{id}/runs/{runId}', {
    params: { path: { id: campaignId, runId } },
  });
  return { ...data, ms: performance.now() - startedAt };
}

type Look = () => ReturnType<typeof lookAtRun>;

async function watch(look: Look, path: string, browser: WatchedBrowser, print: (line: string) => void) {
  const phases: Phase[] = [];
  const watchings: Watching[] = [];
  // Until its recipients are planned nothing leaves.
  while ((await look()).counts.sent === 0) await sleep(PROBE_EVERY_MS);
  for (let isWatched = false; ; isWatched = !isWatched) {
    const pages = isWatched ? await openAll(browser, path) : [];
    const heapBefore = await heapOf(pages);
    const startedAt = performance.now();
    const first = await look();
    const answersMs: number[] = [];
    let latest = first;
    while (latest.status === 'running' && performance.now() - startedAt < PHASE_MS) {
      await sleep(PROBE_EVERY_MS);
      latest = await look();
      answersMs.push(latest.ms);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const perSecond = (latest.counts.sent - first.counts.sent) / seconds;
    // Of the last moments of a run nothing can be said.
    if (seconds >= PHASE_MS / 2000) {
      phases.push({ isWatched, answersMs, perSecond });
      print(
        `  ${isWatched ? 'watched' : 'alone'}: ${perSecond.toFixed(0)}/s, ${median(answersMs).toFixed(1)} ms; ${progressOf(latest)}`,
      );
      if (isWatched) watchings.push(await watchingOf(pages, seconds, heapBefore));
    }
    await Promise.all(pages.map(({ page }) => page.close()));
    if (latest.status !== 'running' || phases.length >= MOST_PHASES) return { phases, watchings };
  }
}

function figuresOf(
  recipients: number,
  { phases, watchings }: Awaited<ReturnType<typeof watch>>,
): readonly Figure[] {
  return [...figuresOfApi(recipients, phases), ...figuresOfPage(watchings)];
}

async function untilFinished(look: Look, print: (line: string) => void): Promise<void> {
  for (let run = await look(); run.status === 'running'; run = await look()) {
    print(`  ${progressOf(run)}`);
    await sleep(TELL_EVERY_MS);
  }
}

function progressOf({ counts, recipients }: Awaited<ReturnType<Look>>): string {
  return `${counts.sent} of ${recipients} sent`;
}

async function openAll(browser: WatchedBrowser, path: string): Promise<readonly WatchedPage[]> {
  const pages = await Promise.all(Array.from({ length: WATCHERS }, () => browser.open(path)));
  for (const one of pages) {
    await one.page.getByRole('progressbar').waitFor({ state: 'attached' });
    // What loading it took is not what watching takes.
    await one.takeLongestTask();
    one.takeRequests();
  }
  return pages;
}

async function heapOf(pages: readonly WatchedPage[]): Promise<number> {
  return median(await Promise.all(pages.map((one) => one.heapBytes())));
}

async function watchingOf(
  pages: readonly WatchedPage[],
  seconds: number,
  heapBefore: number,
): Promise<Watching> {
  const requests = pages.reduce((sum, one) => sum + one.takeRequests(), 0);
  const heapBytes = await heapOf(pages);
  return {
    requestsPerMinute: (requests / pages.length / seconds) * 60,
    longestTaskMs: Math.max(...(await Promise.all(pages.map((one) => one.takeLongestTask())))),
    heapBytes,
    grownBytes: heapBytes - heapBefore,
  };
}
