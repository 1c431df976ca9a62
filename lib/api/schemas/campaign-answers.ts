import * as v from 'valibot';
import { RECIPIENT_STATES, RUN_STATUSES, RUN_TRIGGERS } from '../../campaigns/runs/run.ts';
import { pageOf } from '../paging.ts';
import { campaignStatus, grantees, quietHours, schedule } from './campaigns.ts';
import { alias, count, named, openid, rfc3339, templateId } from './common.ts';
import { lang, messageWarning, miniprogramState, templateTexts } from './messages.ts';

/** How many recipients of a run stand where. */
export const runCounts = v.object(v.entriesFromList(RECIPIENT_STATES, count));

/** One run of a campaign, as callers see it. */
export const run = v.object({
  id: v.string(),
  campaignId: v.string(),
  status: v.picklist(RUN_STATUSES),
  trigger: v.picklist(RUN_TRIGGERS),
  dryRun: v.boolean(),
  ofRunId: v.exactOptional(
    v.pipe(v.string(), v.description('The run whose failed recipients this one is for.')),
  ),
  startedAt: rfc3339,
  finishedAt: v.exactOptional(rfc3339),
  recipients: v.pipe(count, v.description('How many it is for, as far as they are counted.')),
  counts: runCounts,
  byErrcode: v.pipe(v.record(v.string(), count), v.description('Final outcomes by WeChat errcode.')),
  quietUntil: v.exactOptional(
    v.pipe(rfc3339, v.description('Nothing is sent before then: these are its quiet hours.')),
  ),
  perSecond: v.exactOptional(v.number()),
  secondsLeft: v.exactOptional(count),
});

/** What became of one recipient in one run. */
export const runRecipient = v.object({
  openid,
  status: v.picklist(RECIPIENT_STATES),
  attempts: v.pipe(count, v.description('Requests that left for WeChat.')),
  at: v.exactOptional(rfc3339),
  errcode: v.exactOptional(count),
  errmsg: v.exactOptional(v.string()),
  rid: v.exactOptional(v.string()),
  msgid: v.exactOptional(v.string()),
  reason: v.exactOptional(v.string()),
  problems: v.exactOptional(
    v.pipe(v.array(v.string()), v.description('What stands against the texts for this recipient.')),
  ),
});

/** Those who are named, by their number. */
export const countedRecipients = v.object({ type: v.literal('recipients'), count });

/** A campaign, as callers see it. */
export const campaign = v.object({
  id: v.string(),
  name: v.string(),
  templateId,
  templateAlias: v.exactOptional(alias),
  data: templateTexts,
  page: v.exactOptional(v.string()),
  warnings: v.exactOptional(v.array(messageWarning)),
  miniprogramState,
  lang,
  fit: v.boolean(),
  audience: v.variant('type', [grantees, countedRecipients]),
  schedule: v.exactOptional(schedule),
  maxPerSecond: v.exactOptional(count),
  quietHours: v.exactOptional(quietHours),
  status: campaignStatus,
  nextRunAt: v.exactOptional(rfc3339),
  nextRuns: v.exactOptional(v.pipe(v.array(rfc3339), v.description('The next five; not in lists.'))),
  lastRun: v.exactOptional(v.pipe(named(run), v.description('The run that began last; not in lists.'))),
  createdAt: rfc3339,
  updatedAt: rfc3339,
});

/** A page of campaigns. */
export const campaignPage = pageOf(campaign);

/** A page of runs. */
export const runPage = pageOf(run);

/** A page of a run's recipients. */
export const runRecipientPage = pageOf(runRecipient);

/** How many recipients were added. */
export const addedRecipients = v.object({
  added: v.pipe(count, v.description('How many this request named; 0 when they were there already.')),
  count: v.pipe(count, v.description('How many the campaign has now.')),
  warnings: v.exactOptional(
    v.pipe(v.array(messageWarning), v.description('The first values that WeChat may refuse, by recipient.')),
  ),
});
