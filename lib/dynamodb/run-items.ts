import * as v from 'valibot';
import { audience, runContent } from '../campaigns/campaign.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const instant = v.pipe(v.number(), v.integer());

const counts = v.object({
  pending: count,
  sent: count,
  delivered: count,
  refused: count,
  failed: count,
  unknown: count,
  skipped: count,
});

/** A run as it is stored. */
export const runItem = v.object({
  id: v.string(),
  campaignId: v.string(),
  status: v.picklist(['running', 'paused', 'stopped', 'finished']),
  trigger: v.picklist(['schedule', 'manual', 'resend-failed']),
  dryRun: v.boolean(),
  source: v.variant('type', [
    ...audience.options,
    v.object({ type: v.literal('failed-of'), runId: v.string() }),
  ]),
  content: runContent,
  startedAtMs: instant,
  finishedAtMs: v.exactOptional(instant),
  generation: count,
  summary: v.exactOptional(v.object({ recipients: count, counts, byErrcode: v.record(v.string(), count) })),
});

/** A batch of a run's recipients as it is stored: those who have variables are named by their place. */
export const batchItem = v.object({
  campaignId: v.string(),
  templateId: v.string(),
  openids: v.array(v.string()),
  variables: v.exactOptional(v.record(v.string(), v.record(v.string(), v.string()))),
  next: v.exactOptional(v.string()),
  upTo: v.object({ batches: count, recipients: count }),
});

const tally = v.object({
  counts: v.record(v.string(), v.number()),
  byErrcode: v.record(v.string(), v.number()),
});

/** What a recipient's result says beyond its state, its moment and its msgid. */
const detail = v.object({
  reason: v.string(),
  attempts: count,
  errcode: v.exactOptional(v.number()),
  errmsg: v.exactOptional(v.string()),
  rid: v.exactOptional(v.string()),
  msgid: v.exactOptional(v.string()),
  effect: v.exactOptional(v.picklist(['spend', 'refund', 'zero', 'keep'])),
  claimId: v.exactOptional(v.string()),
  notBeforeMs: v.exactOptional(instant),
  firstAtMs: v.exactOptional(instant),
  retries: v.exactOptional(
    v.object({
      busy: v.exactOptional(count),
      concurrent: v.exactOptional(count),
      rate: v.exactOptional(count),
      quota: v.exactOptional(count),
      connection: v.exactOptional(count),
      gateway: v.exactOptional(count),
    }),
  ),
  problems: v.exactOptional(v.array(v.string())),
});

/**
 * What became of a batch's recipients as it is stored, small because it is written several times: one letter for each recipient, the
 * moments as distances, msgids packed in a row, and notes on those of whom there is more to say.
 */
export const resultsItem = v.object({
  letters: v.string(),
  sinceMs: instant,
  after: v.array(v.number()),
  msgids: v.string(),
  details: v.record(v.string(), detail),
  counted: tally,
  lease: v.exactOptional(v.object({ workerId: v.string(), untilMs: instant })),
  needsRecovery: v.boolean(),
  done: v.boolean(),
});
