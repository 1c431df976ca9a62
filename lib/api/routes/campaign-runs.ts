import * as v from 'valibot';
import type { CampaignStore } from '../../campaigns/campaign-store.ts';
import { type ControlServices, pauseRun, resumeRun, stopRun } from '../../campaigns/runs/control-run.ts';
import {
  listRecipients,
  listRuns,
  readRecipient,
  readRun,
  recipientCursor,
} from '../../campaigns/runs/read-run.ts';
import type { RunView } from '../../campaigns/runs/run.ts';
import {
  type ScheduledStart,
  type StartServices,
  startRun,
  startScheduledRun,
} from '../../campaigns/runs/start-run.ts';
import type { Logger } from '../../logger.ts';
import { notFound, startProblem, stateProblem } from '../campaign-problems.ts';
import { decodeCursor, pageQuery, pageReply } from '../paging.ts';
import { describeRoutes, type Route, route } from '../route.ts';
import { run, runPage, runRecipient, runRecipientPage } from '../schemas/campaign-answers.ts';
import { runBody, runId } from '../schemas/campaigns.ts';
import { openid } from '../schemas/common.ts';
import { recipientView, runView } from '../views.ts';
import { campaignId, loadCampaign } from './campaigns.ts';

const campaignParams = v.object({ id: campaignId });
const runParams = v.object({ id: campaignId, runId });

/** What routes that steer a run have in common. */
const CONTROL = { access: { operator: 'manage' }, params: runParams } as const;

/** The routes of `/v1/campaigns/{id}/runs` as data. */
export const runSpecs = describeRoutes({
  startRun: {
    route: 'POST /v1/campaigns/{id}/runs',
    summary: 'Run a campaign now, or try it without sending',
    description:
      'Two runs at once are two runs: each may reach a user who holds two grants. In one run each recipient is sent to at most once.',
    access: { operator: 'manage' },
    params: campaignParams,
    body: runBody,
    answers: { 202: { description: 'The run has begun', schema: run } },
    problems: ['campaign-not-active'],
  },
  listRuns: {
    route: 'GET /v1/campaigns/{id}/runs',
    summary: "A campaign's runs, newest first",
    access: { operator: 'read' },
    params: campaignParams,
    query: v.strictObject(pageQuery),
    answers: { 200: { description: 'The runs', schema: runPage } },
  },
  getRun: {
    route: 'GET /v1/campaigns/{id}/runs/{runId}',
    summary: 'How far a run is, and what became of its recipients so far',
    access: { operator: 'read' },
    params: runParams,
    answers: { 200: { description: 'The run', schema: run } },
  },
  listRunRecipients: {
    route: 'GET /v1/campaigns/{id}/runs/{runId}/recipients',
    summary: 'Every recipient of a run with what became of them',
    access: { operator: 'read' },
    params: runParams,
    query: v.strictObject(pageQuery),
    answers: { 200: { description: 'The recipients', schema: runRecipientPage } },
  },
  getRunRecipient: {
    route: 'GET /v1/campaigns/{id}/runs/{runId}/recipients/{openid}',
    summary: 'What happened to this user in this run',
    access: { operator: 'read' },
    params: v.object({ id: campaignId, runId, openid }),
    answers: { 200: { description: 'The recipient', schema: runRecipient } },
  },
  pauseRun: {
    route: 'POST /v1/campaigns/{id}/runs/{runId}/pause',
    ...CONTROL,
    whileStopped: true,
    summary: 'Hold a run back, with what is queued already',
    answers: {
      200: { description: 'It is paused: within three seconds nothing leaves any more', schema: run },
    },
    problems: ['run-not-running', 'run-over', 'busy'],
  },
  resumeRun: {
    route: 'POST /v1/campaigns/{id}/runs/{runId}/resume',
    ...CONTROL,
    summary: 'Go on with a paused run',
    answers: { 200: { description: 'It goes on with the rest', schema: run } },
    problems: ['run-not-paused', 'run-over', 'busy'],
  },
  stopRun: {
    route: 'POST /v1/campaigns/{id}/runs/{runId}/stop',
    ...CONTROL,
    whileStopped: true,
    summary: 'End a run for good',
    answers: { 200: { description: 'It is stopped', schema: run } },
    problems: ['run-over', 'busy'],
  },
  resendFailed: {
    route: 'POST /v1/campaigns/{id}/runs/{runId}/resend-failed',
    ...CONTROL,
    summary: 'Run again for those whom a run failed to reach',
    description:
      'For those that ended as `failed`; not for `refused` and not for `unknown`, who may have the card.',
    answers: { 202: { description: 'The new run', schema: run } },
    problems: ['run-not-over', 'campaign-not-active'],
  },
});

export interface RunRouteServices extends ControlServices, Omit<StartServices, 'campaigns'> {
  readonly store: CampaignStore;
  readonly logger: Logger;
  readonly runs: ControlServices['runs'];
}

/** The routes of `/v1/campaigns/{id}/runs`. */
export function campaignRunRoutes(services: RunRouteServices): readonly Route[] {
  const { store, runs, logger } = services;
  const starting = { ...services, campaigns: store };

  async function started(result: ScheduledStart, requestId: string) {
    if (result.type !== 'started' && result.type !== 'exists') throw startProblem(result.type);
    const { id: runId, campaignId, trigger } = result.run;
    logger.info('campaign run asked for', { requestId, campaignId, runId, trigger, result: result.type });
    return show(202, campaignId, runId);
  }

  /** @throws ProblemError `not-found` */
  async function find(campaign: string, id: string): Promise<RunView> {
    await loadCampaign(services, campaign);
    const found = await readRun(services, campaign, id);
    if (!found) throw notFound('run');
    return found;
  }

  const show = async <const S extends number>(status: S, campaign: string, id: string) => ({
    status,
    body: runView(await find(campaign, id)),
  });

  /** @throws ProblemError when the run is not in a state for it */
  async function control(
    params: v.InferOutput<typeof runParams>,
    needed: RunView['status'] | undefined,
    act: typeof resumeRun,
  ) {
    const before = await find(params.id, params.runId);
    if (needed !== undefined && before.status !== needed) throw stateProblem(before.status);
    const result = await act(services, params.id, params.runId);
    if (result.type === 'unknown-run') throw notFound('run');
    if (result.type === 'run-over') throw stateProblem(result.run.status);
    return show(200, params.id, params.runId);
  }

  return [
    route(runSpecs.startRun, async ({ params: { id: campaignId }, body, requestId }) => {
      const { dryRun, scheduledAt } = body;
      const result =
        scheduledAt === undefined
          ? await startRun(starting, { campaignId, trigger: 'manual', dryRun })
          : await startScheduledRun(starting, campaignId, scheduledAt);
      return started(result, requestId);
    }),

    route(runSpecs.listRuns, async ({ params, query }) => {
      await loadCampaign(services, params.id);
      const page = await listRuns(services, params.id, query.limit, decodeCursor(runId, query.cursor));
      return pageReply(page.items.map(runView), page.next);
    }),

    route(runSpecs.getRun, ({ params }) => show(200, params.id, params.runId)),

    route(runSpecs.listRunRecipients, async ({ params, query }) => {
      await find(params.id, params.runId);
      const from = decodeCursor(recipientCursor, query.cursor);
      const page = await listRecipients(runs, params.runId, query.limit, from);
      return pageReply(page.items.map(recipientView), page.next);
    }),

    route(runSpecs.getRunRecipient, async ({ params }) => {
      await find(params.id, params.runId);
      const recipient = await readRecipient(services, params.runId, params.openid);
      if (!recipient) throw notFound('recipient');
      return { status: 200, body: recipientView(recipient) };
    }),

    route(runSpecs.pauseRun, ({ params }) => control(params, 'running', pauseRun)),
    route(runSpecs.resumeRun, ({ params }) => control(params, 'paused', resumeRun)),
    route(runSpecs.stopRun, ({ params }) => control(params, undefined, stopRun)),

    route(runSpecs.resendFailed, async ({ params: { id: campaignId, runId: ofRunId }, requestId }) =>
      started(await startRun(starting, { campaignId, trigger: 'resend-failed', ofRunId }), requestId),
    ),
  ];
}
