import * as v from 'valibot';
import { listRecipients, type RecipientCursor } from '../../campaigns/list-recipients.ts';
import { pauseRun, resumeRun, stopRun } from '../../campaigns/runs/control-run.ts';
import { listRuns, readRecipient, readRun } from '../../campaigns/runs/read-run.ts';
import type { Run } from '../../campaigns/runs/run.ts';
import { startRun } from '../../campaigns/runs/start-run.ts';
import { type ScheduledStart, startScheduledRun } from '../../campaigns/schedule/start-scheduled.ts';
import { notFound } from '../campaign-problems.ts';
import type { CampaignRouteServices } from '../campaign-services.ts';
import { recipientView, runView } from '../campaign-view.ts';
import { decodeCursor, encodeCursor } from '../paging.ts';
import { type Route, route } from '../route.ts';
import { startProblem, stateProblem } from '../run-problems.ts';
import {
  getRunRecipientSpec,
  getRunSpec,
  listRunRecipientsSpec,
  listRunsSpec,
  pauseRunSpec,
  resendFailedSpec,
  resumeRunSpec,
  runId,
  startRunSpec,
  stopRunSpec,
} from './run-specs.ts';

const place = v.strictObject({
  shard: v.pipe(v.number(), v.integer(), v.minValue(0)),
  after: v.pipe(v.string(), v.maxLength(256)),
  passed: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

/** The routes of `/v1/campaigns/{id}/runs`. */
export function campaignRunRoutes(services: CampaignRouteServices): readonly Route[] {
  const { store, runs } = services;

  const startServices = { ...services, campaigns: store };

  async function begun(result: ScheduledStart, requestId: string): Promise<Run> {
    if (result.type !== 'started' && result.type !== 'exists') throw startProblem(result.type);
    const { id, campaignId, trigger } = result.run;
    services.logger.info('campaign run asked for', {
      requestId,
      campaignId,
      runId: id,
      trigger,
      result: result.type,
    });
    return shown(campaignId, id);
  }

  /** @throws ProblemError `not-found` */
  async function shown(campaign: string, id: string): Promise<Run> {
    const stored = await store.load(campaign);
    if (!stored || stored.value.deletedAtMs !== undefined) throw notFound('campaign');
    const found = await readRun(services, campaign, id);
    if (!found) throw notFound('run');
    return found;
  }

  /** @throws ProblemError when the run is not in a state for it */
  async function control(
    { id, runId: named }: { id: string; runId: string },
    needed: Run['status'] | undefined,
    act: typeof resumeRun,
  ): Promise<Run> {
    const before = await shown(id, named);
    if (needed !== undefined && before.status !== needed) throw stateProblem(before.status);
    const result = await act(services, id, named);
    if (result.type === 'unknown-run') throw notFound('run');
    if (result.type === 'run-over') throw stateProblem(result.run.status);
    return shown(id, named);
  }

  return [
    route(startRunSpec, async ({ params: { id: campaignId }, body: { dryRun, scheduledAt }, requestId }) => {
      const result =
        scheduledAt === undefined
          ? await startRun(startServices, { campaignId, trigger: 'manual', dryRun })
          : await startScheduledRun(startServices, campaignId, scheduledAt);
      return { status: 202, body: runView(await begun(result, requestId)) };
    }),

    route(listRunsSpec, async ({ params, query }) => {
      const stored = await store.load(params.id);
      if (!stored || stored.value.deletedAtMs !== undefined) throw notFound('campaign');
      const page = await listRuns(services, params.id, query.limit, decodeCursor(runId, query.cursor));
      const items = page.items.map(runView);
      return { status: 200, body: { items, ...(page.next && { nextCursor: encodeCursor(page.next) }) } };
    }),

    route(getRunSpec, async ({ params }) => ({
      status: 200,
      body: runView(await shown(params.id, params.runId)),
    })),

    route(listRunRecipientsSpec, async ({ params, query }) => {
      await shown(params.id, params.runId);
      const from: RecipientCursor | undefined = decodeCursor(place, query.cursor);
      const page = await listRecipients(runs, params.runId, query.limit, from);
      const items = page.items.map(recipientView);
      return { status: 200, body: { items, ...(page.next && { nextCursor: encodeCursor(page.next) }) } };
    }),

    route(getRunRecipientSpec, async ({ params }) => {
      await shown(params.id, params.runId);
      const outcome = await readRecipient(services, params.runId, params.openid);
      if (!outcome) throw notFound('recipient');
      return { status: 200, body: recipientView(outcome) };
    }),

    route(pauseRunSpec, async ({ params }) => ({
      status: 200,
      body: runView(await control(params, 'running', pauseRun)),
    })),

    route(resumeRunSpec, async ({ params }) => ({
      status: 200,
      body: runView(await control(params, 'paused', resumeRun)),
    })),

    route(stopRunSpec, async ({ params }) => ({
      status: 200,
      body: runView(await control(params, undefined, stopRun)),
    })),

    route(resendFailedSpec, async ({ params, requestId }) => {
      const request = { campaignId: params.id, trigger: 'resend-failed', ofRunId: params.runId } as const;
      return { status: 202, body: runView(await begun(await startRun(startServices, request), requestId)) };
    }),
  ];
}
