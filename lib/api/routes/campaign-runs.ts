import * as v from 'valibot';
import { listRecipients, type RecipientPlace } from '../../campaigns/list-recipients.ts';
import { pauseRun, resumeRun, stopRun } from '../../campaigns/runs/control-run.ts';
import { listRuns, readRecipient, readRun } from '../../campaigns/runs/read-run.ts';
import type { Run } from '../../campaigns/runs/run.ts';
import { isRunId } from '../../campaigns/runs/run-id.ts';
import { type StartRequest, type StartResult, startRun } from '../../campaigns/runs/start-run.ts';
import { notFound } from '../campaign-problems.ts';
import type { CampaignRouteServices } from '../campaign-services.ts';
import { recipientView, runView } from '../campaign-view.ts';
import { decodeCursor, encodeCursor, pageOf, pageQuery } from '../paging.ts';
import { ProblemError } from '../problem.ts';
import { type Route, route, routeSpec } from '../route.ts';
import { run, runBody, runRecipient } from '../schemas/campaigns.ts';
import { openid } from '../schemas/ids.ts';
import { campaignId } from './campaigns.ts';

const runId = v.pipe(
  v.string(),
  v.maxLength(64),
  v.check(isRunId, 'must be the id of a run'),
  v.description('The id of the run.'),
);
const campaignParams = v.object({ id: campaignId });
const runParams = v.object({ id: campaignId, runId });

/** The form of `POST /v1/campaigns/{id}/runs`. */
export const startRunSpec = routeSpec({
  method: 'POST',
  path: '/v1/campaigns/{id}/runs',
  operationId: 'startRun',
  summary: 'Run a campaign now, or try it without sending',
  description:
    'Two runs at once are two runs: each may reach a user who holds two grants. In one run each recipient is sent to at most once.',
  access: { operator: 'manage' },
  params: campaignParams,
  body: runBody,
  answers: { 202: { description: 'The run has begun', schema: run } },
  problems: ['campaign-not-active'],
});

/** The form of `GET /v1/campaigns/{id}/runs`. */
export const listRunsSpec = routeSpec({
  method: 'GET',
  path: '/v1/campaigns/{id}/runs',
  operationId: 'listRuns',
  summary: "A campaign's runs, newest first",
  access: { operator: 'read' },
  params: campaignParams,
  query: v.strictObject(pageQuery),
  answers: { 200: { description: 'The runs', schema: pageOf(run) } },
  problems: [],
});

/** The form of `GET /v1/campaigns/{id}/runs/{runId}`. */
export const getRunSpec = routeSpec({
  method: 'GET',
  path: '/v1/campaigns/{id}/runs/{runId}',
  operationId: 'getRun',
  summary: 'How far a run is, and what became of its recipients so far',
  access: { operator: 'read' },
  params: runParams,
  answers: { 200: { description: 'The run', schema: run } },
  problems: [],
});

/** The form of `GET /v1/campaigns/{id}/runs/{runId}/recipients`. */
export const listRunRecipientsSpec = routeSpec({
  method: 'GET',
  path: '/v1/campaigns/{id}/runs/{runId}/recipients',
  operationId: 'listRunRecipients',
  summary: 'Every recipient of a run with what became of them',
  access: { operator: 'read' },
  params: runParams,
  query: v.strictObject(pageQuery),
  answers: { 200: { description: 'The recipients', schema: pageOf(runRecipient) } },
  problems: [],
});

/** The form of `GET /v1/campaigns/{id}/runs/{runId}/recipients/{openid}`. */
export const getRunRecipientSpec = routeSpec({
  method: 'GET',
  path: '/v1/campaigns/{id}/runs/{runId}/recipients/{openid}',
  operationId: 'getRunRecipient',
  summary: 'What happened to this user in this run',
  access: { operator: 'read' },
  params: v.object({ id: campaignId, runId, openid }),
  answers: { 200: { description: 'The recipient', schema: runRecipient } },
  problems: [],
});

/** The form of `POST /v1/campaigns/{id}/runs/{runId}/pause`. */
export const pauseRunSpec = routeSpec({
  method: 'POST',
  path: '/v1/campaigns/{id}/runs/{runId}/pause',
  operationId: 'pauseRun',
  summary: 'Hold a run back, with what is queued already',
  access: { operator: 'manage' },
  params: runParams,
  answers: {
    200: { description: 'It is paused: within three seconds nothing leaves any more', schema: run },
  },
  problems: ['run-not-running', 'run-over', 'busy'],
});

/** The form of `POST /v1/campaigns/{id}/runs/{runId}/resume`. */
export const resumeRunSpec = routeSpec({
  method: 'POST',
  path: '/v1/campaigns/{id}/runs/{runId}/resume',
  operationId: 'resumeRun',
  summary: 'Go on with a paused run',
  access: { operator: 'manage' },
  params: runParams,
  answers: { 200: { description: 'It goes on with the rest', schema: run } },
  problems: ['run-not-paused', 'run-over', 'busy'],
});

/** The form of `POST /v1/campaigns/{id}/runs/{runId}/stop`. */
export const stopRunSpec = routeSpec({
  method: 'POST',
  path: '/v1/campaigns/{id}/runs/{runId}/stop',
  operationId: 'stopRun',
  summary: 'End a run for good',
  access: { operator: 'manage' },
  params: runParams,
  answers: { 200: { description: 'It is stopped', schema: run } },
  problems: ['run-over', 'busy'],
});

/** The form of `POST /v1/campaigns/{id}/runs/{runId}/resend-failed`. */
export const resendFailedSpec = routeSpec({
  method: 'POST',
  path: '/v1/campaigns/{id}/runs/{runId}/resend-failed',
  operationId: 'resendFailed',
  summary: 'Run again for those whom a run failed to reach',
  description:
    'For those that ended as `failed`; not for `refused` and not for `unknown`, who may have the card.',
  access: { operator: 'manage' },
  params: runParams,
  answers: { 202: { description: 'The new run', schema: run } },
  problems: ['run-not-over', 'campaign-not-active'],
});

const place = v.strictObject({
  shard: v.pipe(v.number(), v.integer(), v.minValue(0)),
  after: v.pipe(v.string(), v.maxLength(256)),
  passed: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

/** The routes of `/v1/campaigns/{id}/runs`. */
export function campaignRunRoutes(services: CampaignRouteServices): readonly Route[] {
  const { store, runs } = services;

  async function start(request: StartRequest): Promise<Run> {
    const result = await startRun({ ...services, campaigns: store }, request);
    if (result.type !== 'started' && result.type !== 'exists') throw startProblem(result.type);
    return shown(request.campaignId, result.run.id);
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
    route(startRunSpec, async ({ params, body }) => ({
      status: 202,
      body: runView(await start({ campaignId: params.id, trigger: 'manual', dryRun: body.dryRun })),
    })),

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
      const from: RecipientPlace | undefined = decodeCursor(place, query.cursor);
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

    route(resendFailedSpec, async ({ params }) => ({
      status: 202,
      body: runView(await start({ campaignId: params.id, trigger: 'resend-failed', ofRunId: params.runId })),
    })),
  ];
}

function startProblem(type: Exclude<StartResult['type'], 'started' | 'exists'>): ProblemError {
  switch (type) {
    case 'unknown-campaign':
      return notFound('campaign');
    case 'unknown-run':
      return notFound('run');
    case 'not-active':
      return new ProblemError(
        'campaign-not-active',
        'It is paused or has ended. PATCH its status to "active" first, unless it has ended.',
      );
    case 'run-not-over':
      return new ProblemError(
        'run-not-over',
        'More of it may fail yet. Stop the run or wait until it is finished.',
      );
  }
}

function stateProblem(status: Run['status']): ProblemError {
  switch (status) {
    case 'running':
      return new ProblemError('run-not-paused', 'The run is running. Nothing was changed.');
    case 'paused':
      return new ProblemError(
        'run-not-running',
        'The run is paused. Nothing was changed; POST …/resume goes on with it.',
      );
    case 'stopped':
    case 'finished':
      return new ProblemError(
        'run-over',
        `The run is ${status}, which is final. Start a new one with POST …/runs.`,
      );
  }
}
