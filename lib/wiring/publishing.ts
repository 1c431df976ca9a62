import { type BusEvent, createEventBus, type PublishEvents } from '../bus/eventbridge-bus.ts';
import { eventOf } from '../bus/fact-events.ts';
import type { PagePlace } from '../campaigns/runs/page.ts';
import type { RunRecord } from '../campaigns/runs/run.ts';
import type { RunStore } from '../campaigns/runs/run-store.ts';
import type { Fact, FactName } from '../changes/facts.ts';
import type { SentPage, TableChange } from '../changes/table-change.ts';
import { takeChanges } from '../changes/take-changes.ts';
import type { Contention } from '../contention.ts';
import { readSettings } from '../settings.ts';
import { createRunStore } from '../table/dynamodb-run-store.ts';
import { createStatisticsWriter } from '../table/dynamodb-statistics-writer.ts';
import { readStreamRecord } from '../table/stream-change.ts';
import { openBus, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';
import { openMetrics } from './metrics.ts';

/** What the bus refuses is tried again so often before the stream brings it again, with all that came after it. */
const TRIES = 4;
const FIRST_PAUSE_MS = 200;

/** Runs that are remembered. What is read of them never changes. */
const RUNS_REMEMBERED = 100;

/** What the function that tells of changes needs. It holds no secret. */
export async function wirePublishing(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table', 'publishing', 'metrics']);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const bus = openBus(env);
  const runs = createRunStore(table, { ...base, newVersion: base.newUuid });
  const { busName, published } = settings.publishing;
  const send = createEventBus(bus, busName);

  const services = {
    ...base,
    publish: (facts: readonly Fact[]) => publishAll(send, base, facts),
    pageOf: createPageReader(runs),
    isPublished: (name: FactName) => published.has(name),
    statistics: createStatisticsWriter(table, base),
    measure: openMetrics(settings, base, overrides),
  };
  return {
    logger: base.logger,
    read: (record: unknown) => readStreamRecord(table, record),
    take: (changes: readonly TableChange[]) => takeChanges(services, changes),
    async close() {
      table.client.destroy();
      bus.destroy();
    },
  };
}

/** Those that the bus refuses are published again by themselves. */
async function publishAll(
  send: PublishEvents,
  { sleep, random }: Contention,
  facts: readonly Fact[],
): Promise<readonly Fact[]> {
  const factOf = new Map(facts.map((fact) => [eventOf(fact), fact]));
  let left: readonly BusEvent[] = [...factOf.keys()];
  for (let tries = 1; ; tries++) {
    left = await send(left);
    if (left.length === 0 || tries === TRIES) return left.flatMap((event) => factOf.get(event) ?? []);
    await sleep(FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + random()));
  }
}

function createPageReader(
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
