import * as v from 'valibot';
import { LANGUAGES, MINIPROGRAM_STATES } from '../messages/message.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const instant = v.pipe(v.number(), v.integer());

/** Whom a campaign is for: everyone with an available grant when a run begins, or those whom the owner named. */
export const audience = v.variant('type', [
  v.object({ type: v.literal('grantees') }),
  v.object({
    type: v.literal('recipients'),
    /** How many were named, over all pages. */
    count,
    /** Pages `0` to `pages - 1` hold them. What stands in later pages does not count. */
    pages: count,
  }),
]);

/** See {@link audience}. */
export type Audience = Readonly<v.InferOutput<typeof audience>>;

const schedule = v.object({
  /** `cron(…)`, `rate(…)` or `at(…)`. */
  expression: v.string(),
  timezone: v.string(),
  /** The first run of a `rate(…)`; its others follow from it. Absent for the two other kinds. */
  startsAtMs: v.exactOptional(instant),
});

/** When a campaign runs: EventBridge Scheduler's own expression, told in an IANA time zone. */
export type CampaignSchedule = Readonly<v.InferOutput<typeof schedule>>;

const quietHours = v.object({
  /** `HH:MM`, 24 hours. */
  from: v.string(),
  to: v.string(),
  /** IANA time zone. */
  timezone: v.string(),
});

/** A daily time in which nothing is sent: from `from` until just before `to`, over midnight when `to` is the earlier. */
export type QuietHours = Readonly<v.InferOutput<typeof quietHours>>;

/** What a campaign sends and how. */
const content = {
  templateId: v.string(),
  /** One text for each field of the template; a text may hold `{{variable}}`. */
  data: v.record(v.string(), v.string()),
  page: v.exactOptional(v.string()),
  miniprogramState: v.picklist(MINIPROGRAM_STATES),
  lang: v.picklist(LANGUAGES),
  fit: v.boolean(),
  maxPerSecond: v.exactOptional(v.pipe(v.number(), v.minValue(1))),
  quietHours: v.exactOptional(quietHours),
};

/** What a run sends and how, as it stood in its campaign when the run began. */
export const runContent = v.object(content);

/** One message to many users, now or at times to come. */
export const campaign = v.object({
  id: v.string(),
  name: v.string(),
  ...content,
  audience,
  schedule: v.exactOptional(schedule),
  /** `paused`: no new run by the schedule, nor by hand. `ended`: the same, for good. Runs have a status of their own. */
  status: v.picklist(['active', 'paused', 'ended']),
  createdAtMs: instant,
  updatedAtMs: instant,
  /** An upload of recipients that is being written. */
  upload: v.exactOptional(
    v.object({
      /** Sorts by the moment it began: a later upload may write over what an earlier one left behind, never the reverse. */
      id: v.string(),
      /** When others need no longer wait for it. */
      untilMs: instant,
    }),
  ),
  /** SHA-256 of the last recipients that were added, so that the same request sent again adds nothing. */
  lastUpload: v.exactOptional(v.string()),
  /** Since when it is being deleted. To callers it is gone, and it starts no run. */
  deletedAtMs: v.exactOptional(instant),
});

/** See {@link campaign}. */
export type Campaign = Readonly<v.InferOutput<typeof campaign>>;

/** `active`, `paused` or `ended`, for good. */
export type CampaignStatus = Campaign['status'];

/** Someone whom the owner named, with the texts for `{{variable}}`. */
export const recipient = v.object({
  openid: v.string(),
  variables: v.exactOptional(v.record(v.string(), v.string())),
});

/** See {@link recipient}. */
export type Recipient = Readonly<v.InferOutput<typeof recipient>>;

/** The most recipients in one page. */
export const RECIPIENTS_PER_PAGE = 100;

const CAMPAIGN_ID = /^cmp_[0-9a-f]{32}$/;

/** Makes the id of a new campaign from a UUID of version 7, so that campaigns sort by the moment they were made. */
export function createCampaignIds(newTimeOrderedUuid: () => string): () => string {
  return () => `cmp_${newTimeOrderedUuid().replaceAll('-', '')}`;
}

/** Whether a text can be the id of a campaign. */
export function isCampaignId(text: string): boolean {
  return CAMPAIGN_ID.test(text);
}
