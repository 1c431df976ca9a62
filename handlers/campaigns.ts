import type { CampaignRouteServices } from '../lib/api/campaign-services.ts';
import { createHttpHandler } from '../lib/api/http-handler.ts';
import { campaignRecipientRoutes } from '../lib/api/routes/campaign-recipients.ts';
import { campaignRunRoutes } from '../lib/api/routes/campaign-runs.ts';
import { campaignRoutes } from '../lib/api/routes/campaigns.ts';
import { wireCampaigns as wire } from '../lib/wiring/campaigns.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';

/** What this function needs. */
export interface CampaignFunctionServices extends HttpServices {
  readonly campaigns: CampaignRouteServices;
}

type HttpServices = Parameters<typeof createHttpHandler>[1];

/** Makes, changes and shows campaigns, takes their recipients, and starts, steers and shows their runs. */
export function createHandler(services: CampaignFunctionServices) {
  const { campaigns } = services;
  const routes = [
    ...campaignRoutes(campaigns),
    ...campaignRecipientRoutes(campaigns),
    ...campaignRunRoutes(campaigns),
  ];
  return createHttpHandler(routes, services);
}

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);
