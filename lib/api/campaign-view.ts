import type { Campaign } from '../campaigns/campaign.ts';
import type { RecipientOutcome } from '../campaigns/runs/read-run.ts';
import type { Run } from '../campaigns/runs/run.ts';
import { nextRuns } from '../campaigns/schedule/run-times.ts';
import { toRfc3339 } from './schemas/common.ts';

/** How many coming runs are told. */
const RUNS_SHOWN = 5;

/** A campaign as callers see it; whole, with its coming runs and the last one, or short as in a list. */
export function campaignView(
  campaign: Campaign,
  nowMs: number,
  whole?: { readonly lastRun?: Run | undefined },
) {
  const {
    schedule,
    audience,
    createdAtMs,
    updatedAtMs,
    upload: _,
    lastUpload: __,
    deletedAtMs: ___,
    ...same
  } = campaign;
  const runs =
    schedule && campaign.status === 'active' ? nextRuns(schedule, nowMs, RUNS_SHOWN).map(toRfc3339) : [];
  const [next] = runs;
  return {
    ...same,
    audience:
      audience.type === 'recipients'
        ? { type: audience.type, count: audience.count }
        : { type: audience.type },
    ...(schedule && { schedule: { expression: schedule.expression, timezone: schedule.timezone } }),
    ...(next !== undefined && { nextRunAt: next }),
    ...(next !== undefined && whole && { nextRuns: runs }),
    ...(whole?.lastRun && { lastRun: runView(whole.lastRun) }),
    createdAt: toRfc3339(createdAtMs),
    updatedAt: toRfc3339(updatedAtMs),
  };
}

/** A run as callers see it. */
export function runView({ startedAtMs, finishedAtMs, quietUntilMs, ...same }: Run) {
  return {
    ...same,
    startedAt: toRfc3339(startedAtMs),
    ...(finishedAtMs !== undefined && { finishedAt: toRfc3339(finishedAtMs) }),
    ...(quietUntilMs !== undefined && { quietUntil: toRfc3339(quietUntilMs) }),
  };
}

/** What became of one recipient of a run, as callers see it. */
export function recipientView(outcome: RecipientOutcome) {
  const { openid, state, attempts, problems } = outcome;
  const { atMs, errcode, errmsg, rid, msgid, reason } = outcome.outcome ?? {};
  return {
    openid,
    status: state,
    attempts,
    ...(atMs !== undefined && { at: toRfc3339(atMs) }),
    ...(errcode !== undefined && { errcode }),
    ...(errmsg !== undefined && { errmsg }),
    ...(rid !== undefined && { rid }),
    ...(msgid !== undefined && { msgid }),
    ...(reason !== undefined && { reason }),
    ...(problems !== undefined && { problems }),
  };
}
