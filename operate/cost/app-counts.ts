import type { Qingniao } from '../../clients/typescript/src/index.ts';
import type { Counts } from './reckon.ts';

const DAY_MS = 86_400_000;
const MINUTES_OF_DAY = 1_440;

/**
 * What one mini program did on the last `days` days, today included, by its statistics and its runs. Log-ins stand in
 * neither, and what was booked ahead counts as sent at once.
 */
export async function countsOfApp(service: Qingniao, days: number, nowMs: number): Promise<Counts> {
  const from = new Date(nowMs - (days - 1) * DAY_MS).toISOString().slice(0, 10);
  const sum = { grants: 0, sends: 0, events: 0 };
  for await (const day of service.list('/v1/stats', { params: { query: { timezone: 'UTC', from } } })) {
    const failed = Object.values(day.failed).reduce((all, count) => all + count, 0);
    sum.grants += day.granted;
    sum.sends += day.sent + day.refused + day.unknown + failed;
    sum.events += day.delivered;
  }
  const recipients = await recipientsSince(service, Date.parse(from));
  return {
    messages: Math.max(0, sum.sends - recipients),
    campaign: recipients,
    grants: sum.grants,
    events: sum.events,
    minutes: days * MINUTES_OF_DAY,
  };
}

/** Whom runs have dealt with that began since then. */
async function recipientsSince(service: Qingniao, sinceMs: number): Promise<number> {
  let recipients = 0;
  for await (const { id } of service.list('/v1/campaigns'))
    recipients += await recipientsOf(service, id, sinceMs);
  return recipients;
}

async function recipientsOf(service: Qingniao, id: string, sinceMs: number): Promise<number> {
  let recipients = 0;
  for await (const run of service.list('/v1/campaigns/{id}/runs', { params: { path: { id } } })) {
    // The newest first.
    if (Date.parse(run.startedAt) < sinceMs) break;
    if (!run.dryRun) recipients += run.recipients - run.counts.pending - run.counts.skipped;
  }
  return recipients;
}
