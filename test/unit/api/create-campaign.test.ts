import { expect, test } from 'vitest';
import { createHttpHandler } from '../../../lib/api/http-handler.ts';
import { type CampaignRouteServices, campaignRoutes } from '../../../lib/api/routes/campaigns.ts';
import { apiKey, oneApp, sessionTokens } from '../../support/api-credentials.ts';
import { call } from '../../support/http-events.ts';
import { keptLogs } from '../../support/log-lines.ts';

test('a campaign that could not be answered for is not made, so that a caller who tries again makes one', async () => {
  const made: unknown[] = [];
  let isReadable = false;
  const services = {
    clock: Date.now,
    newCampaignId: () => 'campaign_1',
    names: {
      aliasOf: async () => {
        if (!isReadable) throw new Error('The aliases cannot be read.');
        return 'arrival';
      },
    },
    templates: {
      find: async (templateId: string) => ({ templateId, kind: 'one-time', fields: [] }),
    },
    store: {
      create: async (campaign: unknown) => {
        made.push(campaign);
        return 'created';
      },
    },
  };
  const handler = createHttpHandler(campaignRoutes, {
    apps: oneApp(services as unknown as CampaignRouteServices),
    credentials: async () => ({ apiKeys: [apiKey('manager', 'manage')], sessions: sessionTokens() }),
    logger: keptLogs().logger,
  });
  const json = { name: 'Sale', templateId: 'tpl', data: {}, audience: { type: 'grantees' } };
  const create = () => call(handler, { method: 'POST', path: '/v1/campaigns', token: 'manager', json });
  expect((await create()).status).toBe(500);
  expect(made).toEqual([]);
  isReadable = true;
  expect(await create()).toMatchObject({ status: 201, body: { templateAlias: 'arrival' } });
  expect(made).toHaveLength(1);
});
