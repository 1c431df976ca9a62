import * as v from 'valibot';
import { isRunId } from '../../campaigns/runs/run-id.ts';
import { pageQuery } from '../paging.ts';
import { routeSpec } from '../route.ts';
import { run, runPage, runRecipient, runRecipientPage } from '../schemas/campaign-answers.ts';
import { runBody } from '../schemas/campaigns.ts';
import { openid } from '../schemas/ids.ts';
import { campaignId } from './campaigns.ts';

/** The id of a run. */
export const runId = v.pipe(
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
  answers: { 200: { description: 'The runs', schema: runPage } },
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
  answers: { 200: { description: 'The recipients', schema: runRecipientPage } },
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
