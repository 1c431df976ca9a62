import type { Campaign } from '../campaigns/campaign.ts';
import type { RecipientOutcome } from '../campaigns/runs/read-run.ts';
import type { Run } from '../campaigns/runs/run.ts';
import { nextRuns } from '../campaigns/schedule/expression.ts';
import type { AnswerOf } from './route.ts';
import type * as schemas from './schemas/campaign-answers.ts';
import { toRfc3339 } from './schemas/common.ts';

/** How many coming runs are shown. */
const RUNS_SHOWN = 5;

/** A campaign as callers see it; whole, with its coming runs and the last one, or short as in a list. */
export function campaignView(
  campaign: Campaign,
  nowMs: number,
  whole?: { readonly lastRun?: Run | undefined },
): AnswerOf<typeof schemas.campaign> {
  const { schedule, audience, createdAtMs, updatedAtMs, upload, lastUpload, deletedAtMs, ...same } = campaign;
  const { type } = audience;
  const runs =
    schedule && campaign.status === 'active' ? nextRuns(schedule, nowMs, RUNS_SHOWN).map(toRfc3339) : [];
  const [next] = runs;
  return {
    ...same,
    audience: type === 'recipients' ? { type, count: audience.count } : { type },
    ...(schedule && { schedule: { expression: schedule.expression, timezone: schedule.timezone } }),
    ...(next !== undefined && { nextRunAt: next }),
    ...(next !== undefined && whole && { nextRuns: runs }),
    ...(whole?.lastRun && { lastRun: runView(whole.lastRun) }),
    createdAt: toRfc3339(createdAtMs),
    updatedAt: toRfc3339(updatedAtMs),
  };
}

/** A run as callers see it. */
export function runView({
  startedAtMs,
  finishedAtMs,
  quietUntilMs,
  ...same
}: Run): AnswerOf<typeof schemas.run> {
  return {
    ...same,
    startedAt: toRfc3339(startedAtMs),
    ...(finishedAtMs !== undefined && { finishedAt: toRfc3339(finishedAtMs) }),
    ...(quietUntilMs !== undefined && { quietUntil: toRfc3339(quietUntilMs) }),
  };
}

/** What became of one recipient of a run, as callers see it. */
export function recipientView(recipient: RecipientOutcome): AnswerOf<typeof schemas.runRecipient> {
  const { openid, state, attempts, problems, outcome } = recipient;
  const { atMs, remedy, ...facts } = outcome ?? {};
  return {
    openid,
    status: state,
    attempts,
    ...(atMs !== undefined && { at: toRfc3339(atMs) }),
    ...facts,
    ...(problems !== undefined && { problems }),
  };
}
