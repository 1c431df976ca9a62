import { createEventBus } from '../bus/event-bus.ts';
import { eventOf } from '../bus/fact-events.ts';
import type { PagePlace } from '../campaigns/runs/page.ts';
import type { Fact, FactName } from '../changes/facts.ts';
import type { TableChange } from '../changes/table-change.ts';
import { takeChanges } from '../changes/take-changes.ts';
import { readSettings } from '../settings.ts';
import { createRunStore } from '../table/run-store.ts';
import { createStatisticsWriter } from '../table/statistics-writer.ts';
import { readStreamRecord } from '../table/stream-change.ts';
import { openBus, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';

/** What the function that tells of changes needs. It holds no secret. */
export async function wirePublishing(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table', 'publishing']);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const bus = openBus(env);
  const runs = createRunStore(table, { ...base, newVersion: base.newUuid });
  const { busName, published } = settings.publishing;
  const send = createEventBus(bus, busName);

  async function publish(facts: readonly Fact[]): Promise<void> {
    const refused = await send(facts.map(eventOf));
    if (refused.length > 0)
      throw new Error(`The event bus refused ${refused.length} events; they are published again.`);
  }

  async function pageOf(place: PagePlace) {
    const page = await runs.loadPage(place);
    if (!page) return undefined;
    const { campaignId, templateId, recipients } = page;
    return { campaignId, templateId, openids: recipients.map(({ openid }) => openid) };
  }

  const services = {
    ...base,
    publish,
    pageOf,
    isPublished: (name: FactName) => published.has(name),
    statistics: createStatisticsWriter(table, base),
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
