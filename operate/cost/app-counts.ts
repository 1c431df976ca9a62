import * as v from 'valibot';
import { runAnswer } from '../campaign/campaign-answers.ts';
import type { ServiceClient } from '../service-client.ts';
import { pagesOf } from '../service-pages.ts';
import type { Counts } from './reckon.ts';

const dayOfTemplate = v.object({
  granted: v.number(),
  sent: v.number(),
  delivered: v.number(),
  refused: v.number(),
  unknown: v.number(),
  failed: v.record(v.string(), v.number()),
});
const campaign = v.object({ id: v.string() });

const DAY_MS = 86_400_000;
const MINUTES_OF_DAY = 1_440;

/**
 * What one mini program did on the last `days` days, today included, by its statistics and its runs. Log-ins stand in
 * neither, and what was booked ahead counts as sent at once.
 */
export async function countsOfApp(service: ServiceClient, days: number, nowMs: number): Promise<Counts> {
  const from = new Date(nowMs - (days - 1) * DAY_MS).toISOString().slice(0, 10);
  const sum = { grants: 0, sends: 0, events: 0 };
  for await (const page of pagesOf(service, dayOfTemplate, '/v1/stats', { timezone: 'UTC', from })) {
    for (const day of page) {
      const failed = Object.values(day.failed).reduce((all, count) => all + count, 0);
      sum.grants += day.granted;
      sum.sends += day.sent + day.refused + day.unknown + failed;
      sum.events += day.delivered;
    }
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
async function recipientsSince(service: ServiceClient, sinceMs: number): Promise<number> {
  let recipients = 0;
  for await (const page of pagesOf(service, campaign, '/v1/campaigns')) {
    for (const { id } of page) recipients += await recipientsOf(service, id, sinceMs);
  }
  return recipients;
}

async function recipientsOf(service: ServiceClient, campaignId: string, sinceMs: number): Promise<number> {
  let recipients = 0;
  for await (const page of pagesOf(service, runAnswer, `/v1/campaigns/${campaignId}/runs`)) {
    const late = page.filter(({ startedAt }) => Date.parse(startedAt) >= sinceMs);
    for (const { dryRun, recipients: all, counts } of late)
      if (!dryRun) recipients += all - counts.pending - counts.skipped;
    // The newest first.
    if (late.length < page.length) break;
  }
  return recipients;
}
