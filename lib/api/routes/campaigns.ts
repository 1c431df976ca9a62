import * as v from 'valibot';
import { type Campaign, isCampaignId } from '../../campaigns/campaign.ts';
import { changeCampaign } from '../../campaigns/change-campaign.ts';
import { type CampaignServices, createCampaign } from '../../campaigns/create-campaign.ts';
import { deleteCampaign } from '../../campaigns/delete-campaign.ts';
import { fixedParts } from '../../campaigns/fill-message.ts';
import { listRuns } from '../../campaigns/runs/read-run.ts';
import type { RunStore } from '../../campaigns/runs/run-store.ts';
import { placeholderWarnings } from '../../campaigns/variables.ts';
import type { Backoff } from '../../retry.ts';
import type { AliasLookup } from '../../templates/alias-lookup.ts';
import type { DataWarning } from '../../templates/data-warnings.ts';
import { campaignEnded, inputProblem, notFound } from '../campaign-problems.ts';
import { decodeCursor, pageQuery, pageReply } from '../paging.ts';
import { ProblemError } from '../problem.ts';
import { describeRoutes, type Route, route } from '../route.ts';
import { campaign, campaignPage } from '../schemas/campaign-answers.ts';
import { campaignBody, campaignChangeBody } from '../schemas/campaigns.ts';
import { aliasAndWarningsOf, type WarningServices } from '../show-messages.ts';
import { orLookupProblem, unknownTemplate, WECHAT_PROBLEMS } from '../template-problems.ts';
import { campaignView } from '../views.ts';

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

const INPUT_PROBLEMS = [
  'invalid-data',
  'invalid-schedule',
  'invalid-variables',
  'unknown-template',
  ...WECHAT_PROBLEMS,
] as const;

/** The routes of `/v1/campaigns` as data; those of recipients and runs stand by themselves. */
export const campaignSpecs = describeRoutes({
  createCampaign: {
    route: 'POST /v1/campaigns',
    summary: 'Make a campaign: one message to many users, now or on a schedule',
    description:
      'Checked as a whole: texts, schedule, and each recipient who is named. With a schedule the answer tells the next five runs; a rate begins one interval from now. Without one it runs when told to.',
    access: { operator: 'manage' },
    body: campaignBody,
    maxBodyBytes: MAX_CAMPAIGN_BYTES,
    answers: { 201: { description: 'The campaign', schema: campaign } },
    problems: INPUT_PROBLEMS,
  },
  listCampaigns: {
    route: 'GET /v1/campaigns',
    summary: 'The campaigns, newest first',
    access: { operator: 'read' },
    query: v.strictObject(pageQuery),
    answers: { 200: { description: 'The campaigns', schema: campaignPage } },
  },
  getCampaign: {
    route: 'GET /v1/campaigns/{id}',
    summary: 'A campaign with its coming runs and the last one',
    access: { operator: 'read' },
    params: idParams,
    answers: { 200: { description: 'The campaign', schema: campaign } },
  },
  changeCampaign: {
    route: 'PATCH /v1/campaigns/{id}',
    summary: 'Change, pause or end a campaign',
    description:
      'What is left out stays, null takes away. Runs that have begun go on as they began; pause or stop those by themselves. Template and audience stay.',
    access: { operator: 'manage' },
    params: idParams,
    body: campaignChangeBody,
    answers: { 200: { description: 'The campaign', schema: campaign } },
    problems: [...INPUT_PROBLEMS, 'campaign-ended', 'busy'],
  },
  deleteCampaign: {
    route: 'DELETE /v1/campaigns/{id}',
    summary: 'Delete a campaign with its recipients, runs and schedule',
    access: { operator: 'manage' },
    params: idParams,
    answers: { 204: { description: 'It is gone' } },
    problems: ['campaign-under-way', 'busy'],
  },
});

export interface CampaignRouteServices extends CampaignServices, Backoff, WarningServices {
  readonly runs: RunStore;
  readonly names: WarningServices['names'] & Pick<AliasLookup, 'nearestAlias'>;
}

/** The routes of `/v1/campaigns` itself. */
export function campaignRoutes(services: CampaignRouteServices): readonly Route[] {
  const { store, clock } = services;

  async function show(
    campaign: Campaign,
    whole?: Parameters<typeof campaignView>[2],
    onRecipients: readonly DataWarning[] = [],
  ) {
    const remarks = await aliasAndWarningsOf(services, fixedParts(campaign));
    const warnings = [...(remarks.warnings ?? []), ...placeholderWarnings(campaign), ...onRecipients];
    return {
      ...campaignView(campaign, clock(), whole),
      ...remarks,
      ...(warnings.length > 0 && { warnings }),
    };
  }

  return [
    route(campaignSpecs.createCampaign, async ({ body }) => {
      // For the answer: a campaign that was made and not answered for would be made twice.
      await services.names.aliasOf(body.templateId);
      const result = await orLookupProblem(createCampaign(services, body));
      if (result.type === 'unknown-template')
        throw unknownTemplate(await services.names.nearestAlias(body.templateId));
      if (result.type !== 'created') throw inputProblem(result);
      return { status: 201, body: await show(result.campaign, {}, result.warnings) };
    }),

    route(campaignSpecs.listCampaigns, async ({ query }) => {
      const page = await store.list(query.limit, decodeCursor(campaignId, query.cursor));
      const existing = page.items.filter(({ value }) => value.deletedAtMs === undefined);
      return pageReply(await Promise.all(existing.map(({ value }) => show(value))), page.next);
    }),

    route(campaignSpecs.getCampaign, async ({ params }) => {
      const stored = await loadCampaign(services, params.id);
      const { items } = await listRuns(services, params.id, 1);
      return { status: 200, body: await show(stored, { lastRun: items[0] }) };
    }),

    route(campaignSpecs.changeCampaign, async ({ params, body }) => {
      const result = await orLookupProblem(changeCampaign(services, params.id, body));
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

    route(campaignSpecs.deleteCampaign, async ({ params }) => {
      const { type } = await deleteCampaign(services, params.id);
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

/** A campaign that is not being deleted. @throws ProblemError `not-found` */
export async function loadCampaign(
  { store }: Pick<CampaignServices, 'store'>,
  id: string,
): Promise<Campaign> {
  const stored = await store.load(id);
  if (!stored || stored.value.deletedAtMs !== undefined) throw notFound('campaign');
  return stored.value;
}
