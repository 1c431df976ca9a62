import { pauseCampaignsOfTemplate } from '../campaigns/pause-campaigns.ts';
import { pauseRunsOf } from '../campaigns/runs/control-run.ts';
import type { Table } from '../table/client.ts';
import { createBookedMessages } from '../table/dynamodb-booked-messages.ts';
import { createCampaignStore } from '../table/dynamodb-campaign-store.ts';
import { createRunStore } from '../table/dynamodb-run-store.ts';
import { createTemplateStore } from '../table/dynamodb-template-store.ts';
import type { TemplateCatalogue } from '../templates/catalogue.ts';
import { type SyncResult, syncTemplates } from '../templates/sync-templates.ts';
import type { TemplateUsers } from '../templates/template-users.ts';
import type { Foundation } from './foundation.ts';

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
