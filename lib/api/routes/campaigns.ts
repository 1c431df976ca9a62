import * as v from 'valibot';
import { type Campaign, isCampaignId } from '../../campaigns/campaign.ts';
import { changeCampaign } from '../../campaigns/change-campaign.ts';
import { createCampaign } from '../../campaigns/create-campaign.ts';
import { deleteCampaign } from '../../campaigns/delete-campaign.ts';
import { fixedParts } from '../../campaigns/fill-message.ts';
import { placeholderWarnings } from '../../campaigns/placeholder-warnings.ts';
import { listRuns } from '../../campaigns/runs/read-run.ts';
import { isOver } from '../../campaigns/runs/run.ts';
import type { DataWarning } from '../../templates/data-warnings.ts';
import { INPUT_PROBLEMS, inputProblem, lookingUp, notFound } from '../campaign-problems.ts';
import type { CampaignRouteServices } from '../campaign-services.ts';
import { campaignView } from '../campaign-view.ts';
import { decodeCursor, encodeCursor, pageQuery } from '../paging.ts';
import { ProblemError } from '../problem.ts';
import { type Route, route, routeSpec } from '../route.ts';
import { campaign, campaignPage } from '../schemas/campaign-answers.ts';
import { campaignBody, campaignChangeBody } from '../schemas/campaigns.ts';
import { remarksOn } from '../template-remarks.ts';
import { unknownTemplate } from '../unknown-template.ts';

/** The part of a path that names a campaign. */
export const campaignId = v.pipe(
  v.string(),
  v.maxLength(64),
  v.check(isCampaignId, 'must be the id of a campaign'),
  v.description('The id of the campaign.'),
);

const idParams = v.object({ id: campaignId });

/** Room for a thousand recipients with their variables. */
const MAX_CAMPAIGN_BYTES = 2 * 1024 * 1024;

/** The form of `POST /v1/campaigns`. */
export const createCampaignSpec = routeSpec({
  method: 'POST',
  path: '/v1/campaigns',
  operationId: 'createCampaign',
  summary: 'Make a campaign: one message to many users, now or on a schedule',
  description:
    'Checked as a whole: texts, schedule, and each recipient who is named. With a schedule the answer tells the next five runs; a rate begins one interval from now. Without one it runs when told to.',
  access: { operator: 'manage' },
  body: campaignBody,
  maxBodyBytes: MAX_CAMPAIGN_BYTES,
  answers: { 201: { description: 'The campaign', schema: campaign } },
  problems: INPUT_PROBLEMS,
});

/** The form of `GET /v1/campaigns`. */
export const listCampaignsSpec = routeSpec({
  method: 'GET',
  path: '/v1/campaigns',
  operationId: 'listCampaigns',
  summary: 'The campaigns, newest first',
  access: { operator: 'read' },
  query: v.strictObject(pageQuery),
  answers: { 200: { description: 'The campaigns', schema: campaignPage } },
  problems: [],
});

/** The form of `GET /v1/campaigns/{id}`. */
export const getCampaignSpec = routeSpec({
  method: 'GET',
  path: '/v1/campaigns/{id}',
  operationId: 'getCampaign',
  summary: 'A campaign with its coming runs and the last one',
  access: { operator: 'read' },
  params: idParams,
  answers: { 200: { description: 'The campaign', schema: campaign } },
  problems: [],
});

/** The form of `PATCH /v1/campaigns/{id}`. */
export const changeCampaignSpec = routeSpec({
  method: 'PATCH',
  path: '/v1/campaigns/{id}',
  operationId: 'changeCampaign',
  summary: 'Change, pause or end a campaign',
  description:
    'What is left out stays, null takes away. Runs that have begun go on as they began; pause or stop those by themselves. Template and audience stay.',
  access: { operator: 'manage' },
  params: idParams,
  body: campaignChangeBody,
  answers: { 200: { description: 'The campaign', schema: campaign } },
  problems: [...INPUT_PROBLEMS, 'campaign-ended', 'busy'],
});

/** The form of `DELETE /v1/campaigns/{id}`. */
export const deleteCampaignSpec = routeSpec({
  method: 'DELETE',
  path: '/v1/campaigns/{id}',
  operationId: 'deleteCampaign',
  summary: 'Delete a campaign with its recipients, runs and schedule',
  access: { operator: 'manage' },
  params: idParams,
  answers: { 204: { description: 'It is gone' } },
  problems: ['campaign-under-way', 'busy'],
});

/** The routes of `/v1/campaigns` itself; those of recipients and runs stand by themselves. */
export function campaignRoutes(services: CampaignRouteServices): readonly Route[] {
  const { store, clock, remedyFor } = services;
  const show = async (
    campaign: Campaign,
    whole?: Parameters<typeof campaignView>[2],
    onRecipients: readonly DataWarning[] = [],
  ) => {
    const remarks = await remarksOn(services, fixedParts(campaign));
    const warnings = [...(remarks.warnings ?? []), ...placeholderWarnings(campaign), ...onRecipients];
    return {
      ...campaignView(campaign, clock(), whole),
      ...remarks,
      ...(warnings.length > 0 && { warnings }),
    };
  };
  const isUnderWay = async (id: string) => (await recentRuns(services, id)).some((run) => !isOver(run));

  return [
    route(createCampaignSpec, async ({ body }) => {
      const result = await lookingUp(remedyFor, createCampaign(services, body));
      if (result.type === 'unknown-template')
        throw unknownTemplate(await services.names.nearestAlias(body.templateId));
      if (result.type !== 'created') throw inputProblem(result);
      return { status: 201, body: await show(result.campaign, {}, result.warnings) };
    }),

    route(listCampaignsSpec, async ({ query }) => {
      const page = await store.list(query.limit, decodeCursor(campaignId, query.cursor));
      const there = page.items.filter(({ value }) => value.deletedAtMs === undefined);
      const items = await Promise.all(there.map(({ value }) => show(value)));
      return { status: 200, body: { items, ...(page.next && { nextCursor: encodeCursor(page.next) }) } };
    }),

    route(getCampaignSpec, async ({ params }) => {
      const stored = await store.load(params.id);
      if (!stored || stored.value.deletedAtMs !== undefined) throw notFound('campaign');
      const { items } = await listRuns(services, params.id, 1);
      return { status: 200, body: await show(stored.value, { lastRun: items[0] }) };
    }),

    route(changeCampaignSpec, async ({ params, body }) => {
      const result = await lookingUp(remedyFor, changeCampaign(services, params.id, body));
      switch (result.type) {
        case 'changed':
          return { status: 200, body: await show(result.campaign, {}) };
        case 'not-found':
          throw notFound('campaign');
        case 'ended':
          throw campaignEnded();
        default:
          throw inputProblem(result);
      }
    }),

    route(deleteCampaignSpec, async ({ params }) => {
      const { type } = await deleteCampaign({ ...services, isUnderWay }, params.id);
      if (type === 'not-found') throw notFound('campaign');
      if (type === 'under-way') {
        throw new ProblemError(
          'campaign-under-way',
          'A run is running or paused. Stop it, then delete the campaign.',
        );
      }
      return { status: 204 };
    }),
  ];
}

/** The latest runs of a campaign: more than a hundred under way at once there are not. */
async function recentRuns({ runs }: Pick<CampaignRouteServices, 'runs'>, id: string) {
  return (await runs.list(id, 100)).items;
}

/** The campaign has ended and stays as it is. */
export function campaignEnded(): ProblemError {
  return new ProblemError('campaign-ended', 'It has ended and stays as it is. Make a new campaign.');
}
