import { scheduledRunId } from '../campaigns/runs/run-id.ts';
import { reconcileSchedules } from '../campaigns/schedule/reconcile.ts';
import { createScheduleBook } from '../scheduler/schedule-book.ts';
import { readSettings } from '../settings.ts';
import { createCampaignStore } from '../table/campaign-store.ts';
import { createRunStore } from '../table/run-store.ts';
import { openScheduler, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';

/** What the function that compares campaigns with their schedules needs. It holds no secret. */
export async function wireReconcile(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table', 'schedules']);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const scheduler = openScheduler(env);
  const versions = { ...base, newVersion: base.newUuid };
  const runs = createRunStore(table, versions);
  const services = {
    ...base,
    store: createCampaignStore(table, versions),
    schedules: createScheduleBook(scheduler, settings.schedules),
    hasRun: async (id: string, atMs: number) => (await runs.load(id, scheduledRunId(id, atMs))) !== undefined,
  };
  return {
    clock: base.clock,
    logger: base.logger,
    reconcile: (deadlineMs: number) => reconcileSchedules(services, deadlineMs),
    async close() {
      table.client.destroy();
      scheduler.destroy();
    },
  };
}
