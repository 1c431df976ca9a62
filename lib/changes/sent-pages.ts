import type { PagePlace } from '../campaigns/runs/page.ts';
import type { RunRecord } from '../campaigns/runs/run.ts';
import type { RunStore } from '../campaigns/runs/run-store.ts';
import type { SentPage } from './table-change.ts';

/** Runs that are remembered. What is read of them never changes. */
const RUNS_REMEMBERED = 100;

/** Reads whom a page's results are about; undefined where that is not kept any more. Each run is read once. */
export function createSentPages(
  store: Pick<RunStore, 'load' | 'loadPage'>,
): (place: PagePlace) => Promise<SentPage | undefined> {
  const remembered = new Map<string, RunRecord>();

  async function runOf(campaignId: string, runId: string): Promise<RunRecord | undefined> {
    const known = remembered.get(runId) ?? (await store.load(campaignId, runId))?.value;
    if (known) remembered.set(runId, known);
    if (remembered.size > RUNS_REMEMBERED) remembered.clear();
    return known;
  }

  return async (place) => {
    const page = await store.loadPage(place);
    const run = page && (await runOf(page.campaignId, place.runId));
    return run && { run, recipients: page.recipients };
  };
}
