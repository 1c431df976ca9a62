import { pauseCampaignsOfTemplate } from '../campaigns/pause-campaigns.ts';
import { pauseRunsOf } from '../campaigns/runs/control-run.ts';
import { loadSecrets } from '../secrets.ts';
import { readSettings } from '../settings.ts';
import type { Table } from '../table/client.ts';
import { createBookedMessages } from '../table/dynamodb-booked-messages.ts';
import { createCampaignStore } from '../table/dynamodb-campaign-store.ts';
import { createRunStore } from '../table/dynamodb-run-store.ts';
import { createTemplateStore } from '../table/dynamodb-template-store.ts';
import type { TemplateCatalogue } from '../templates/catalogue.ts';
import { type SyncResult, syncTemplates } from '../templates/sync-templates.ts';
import type { TemplateUsers } from '../templates/template-users.ts';
import { remedyFor } from '../wechat/errcodes.ts';
import { fetchFromSsm, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { type Foundation, foundation } from './foundation.ts';
import { openCatalogue } from './templates.ts';
import { openWeChat } from './wechat.ts';

/** Reading the templates again, with all that follows for what uses them. */
export function openSync(
  table: Table,
  catalogue: TemplateCatalogue,
  base: Foundation,
): () => Promise<SyncResult> {
  const services = {
    ...base,
    catalogue,
    store: createTemplateStore(table, base.logger),
    users: openUsers(table, base),
  };
  return () => syncTemplates(services);
}

function openUsers(table: Table, base: Foundation): TemplateUsers {
  const versions = { ...base, newVersion: base.newUuid };
  const store = createCampaignStore(table, versions);
  const halting = { ...base, runs: createRunStore(table, versions) };
  const pauseRuns = (campaignId: string) => pauseRunsOf(halting, campaignId);
  return {
    bookedMessages: createBookedMessages(table),
    pauseCampaigns: (templateId) => pauseCampaignsOfTemplate({ ...base, store, pauseRuns }, templateId),
  };
}

/** What the function that reads the templates each day needs. */
export async function wireTemplateSync(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(env, ['WECHAT_APP_SECRET'], fetchFromSsm(env));
  const settings = readSettings(secrets, ['app', 'wechat', 'table']);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const wechat = openWeChat(settings, table, base);
  return {
    logger: base.logger,
    sync: openSync(table, openCatalogue(table, wechat, base), base),
    remedyFor: (errcode: number, errmsg: string) => remedyFor(errcode, errmsg, 'templates'),
    async close() {
      await wechat.close();
      table.client.destroy();
    },
  };
}
