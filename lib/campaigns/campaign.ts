import * as v from 'valibot';
import { LANGUAGES, MINIPROGRAM_STATES } from '../sends/send-port.ts';
import { count, instant, storedObject } from '../stored-schemas.ts';

/** Everyone with an available grant when a run begins, or those whom the owner named. */
export const audience = v.variant('type', [
  v.object({ type: v.literal('grantees') }),
  v.object({
    type: v.literal('recipients'),
    count,
    /** Pages `0` to `pages - 1` of the list count; an upload may be writing later ones. */
    pages: count,
  }),
]);

/** See {@link audience}. */
export type Audience = Readonly<v.InferOutput<typeof audience>>;

const schedule = storedObject({
  /** `cron(…)`, `rate(…)` or `at(…)`. */
  expression: v.string(),
  timezone: v.string(),
  /** The first run of a `rate(…)`, from which the others follow; absent for the other kinds. */
  startsAtMs: v.exactOptional(instant),
});

/** An expression of EventBridge Scheduler, in an IANA time zone. */
export type CampaignSchedule = Readonly<v.InferOutput<typeof schedule>>;

/** A schedule as its owner asks for it. */
export type RequestedSchedule = Pick<CampaignSchedule, 'expression' | 'timezone'>;

const quietHours = storedObject({
  /** `HH:MM`, 24 hours. */
  from: v.string(),
  to: v.string(),
  /** IANA time zone. */
  timezone: v.string(),
});

/** Nothing is sent daily from `from` until just before `to`, over midnight where `to` is earlier. */
export type QuietHours = Readonly<v.InferOutput<typeof quietHours>>;

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

/** See {@link RunContent}. */
export const runContent = storedObject(content);

/** What a run sends and how, copied from its campaign when it began. */
export type RunContent = Readonly<v.InferOutput<typeof runContent>>;

/** One message to many users, now or at times to come. */
export const campaign = storedObject({
  id: v.string(),
  name: v.string(),
  ...content,
  audience,
  schedule: v.exactOptional(schedule),
  /** `paused` and `ended` start no new run; `ended` is for good. Runs have a status of their own. */
  status: v.picklist(['active', 'paused', 'ended']),
  createdAtMs: instant,
  updatedAtMs: instant,
  /** An upload of recipients that is under way. */
  upload: v.exactOptional(
    v.object({
      /** Sorts by the upload's beginning: a later one may write over what an earlier one left behind. */
      id: v.string(),
      /** Others wait for it until then. */
      untilMs: instant,
    }),
  ),
  /** SHA-256 of the last recipients that were added, so that a repeated request adds nothing. */
  lastUpload: v.exactOptional(v.string()),
  /** Since when it is being deleted. To callers it is gone. */
  deletedAtMs: v.exactOptional(instant),
});

/** See {@link campaign}. */
export type Campaign = Readonly<v.InferOutput<typeof campaign>>;

/** `active`, `paused` or `ended`. */
export type CampaignStatus = Campaign['status'];

/** A recipient whom the owner named, with the texts for `{{variable}}`. */
export const recipient = v.object({
  openid: v.string(),
  variables: v.exactOptional(v.record(v.string(), v.string())),
});

/** See {@link recipient}. */
export type Recipient = Readonly<v.InferOutput<typeof recipient>>;

/** How many recipients one page of the list holds at most. */
export const RECIPIENTS_PER_PAGE = 100;

const CAMPAIGN_ID = /^cmp_[0-9a-f]{32}$/;

/** Makes ids of campaigns from UUIDs of version 7, so that campaigns sort by the moment they were made. */
export function createCampaignIds(newTimeOrderedUuid: () => string): () => string {
  return () => `cmp_${newTimeOrderedUuid().replaceAll('-', '')}`;
}

/** Whether a text has the form of a campaign's id. */
export function isCampaignId(text: string): boolean {
  return CAMPAIGN_ID.test(text);
}
