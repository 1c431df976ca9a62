import * as v from 'valibot';

const counts = v.object({
  pending: v.number(),
  sent: v.number(),
  delivered: v.number(),
  refused: v.number(),
  failed: v.number(),
  unknown: v.number(),
  skipped: v.number(),
});

/** A run as the API tells it, as far as the commands look. */
export const runAnswer = v.object({
  id: v.string(),
  status: v.picklist(['running', 'paused', 'stopped', 'finished']),
  trigger: v.string(),
  dryRun: v.boolean(),
  startedAt: v.string(),
  finishedAt: v.exactOptional(v.string()),
  recipients: v.number(),
  counts,
  byErrcode: v.record(v.string(), v.number()),
  quietUntil: v.exactOptional(v.string()),
  perSecond: v.exactOptional(v.number()),
  secondsLeft: v.exactOptional(v.number()),
});

/** A run of a campaign. */
export type RunAnswer = v.InferOutput<typeof runAnswer>;

const warnings = v.exactOptional(
  v.array(v.object({ path: v.string(), code: v.string(), en: v.string(), zh: v.string() })),
);

/** A campaign as the API tells it, as far as the commands look. */
export const campaignAnswer = v.object({
  id: v.string(),
  name: v.string(),
  templateId: v.string(),
  status: v.picklist(['active', 'paused', 'ended']),
  audience: v.object({ type: v.string(), count: v.exactOptional(v.number()) }),
  schedule: v.exactOptional(v.object({ expression: v.string(), timezone: v.string() })),
  nextRunAt: v.exactOptional(v.string()),
  nextRuns: v.exactOptional(v.array(v.string())),
  lastRun: v.exactOptional(runAnswer),
  warnings,
});

/** A campaign. */
export type CampaignAnswer = v.InferOutput<typeof campaignAnswer>;

/** A page of any list. */
export const pageOf = <S extends v.GenericSchema>(item: S) =>
  v.object({ items: v.array(item), nextCursor: v.exactOptional(v.string()) });

/** What became of one recipient in a run. */
export const recipientAnswer = v.object({
  openid: v.string(),
  status: v.string(),
  at: v.exactOptional(v.string()),
  errcode: v.exactOptional(v.number()),
  errmsg: v.exactOptional(v.string()),
  reason: v.exactOptional(v.string()),
  msgid: v.exactOptional(v.string()),
  rid: v.exactOptional(v.string()),
  problems: v.exactOptional(v.array(v.string())),
});

/** What became of added recipients. */
export const uploadAnswer = v.object({ added: v.number(), count: v.number(), warnings });
