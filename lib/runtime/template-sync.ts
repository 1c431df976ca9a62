import { pauseCampaignsOfTemplate } from '../campaigns/pause-campaigns.ts';
import { pauseRunsOf } from '../campaigns/runs/control-run.ts';
import { createCampaignStore } from '../dynamodb/dynamodb-campaign-store.ts';
import { createDueMessages } from '../dynamodb/dynamodb-due-index.ts';
import { createRunStore } from '../dynamodb/dynamodb-run-store.ts';
import { createTemplateStore } from '../dynamodb/dynamodb-template-store.ts';
import type { Table } from '../dynamodb/table.ts';
import type { TemplateCatalogue } from '../templates/catalogue.ts';
import { type SyncResult, syncTemplates, type TemplateUsers } from '../templates/sync-templates.ts';
import type { Runtime } from './runtime.ts';

/** Reading the templates again, with all that follows for what uses them. */
export function openSync(
  table: Table,
  catalogue: TemplateCatalogue,
  base: Runtime,
): () => Promise<SyncResult> {
  const services = {
    ...base,
    catalogue,
    store: createTemplateStore(table, base.logger),
    users: openUsers(table, base),
  };
  return () => syncTemplates(services);
}

function openUsers(table: Table, base: Runtime): TemplateUsers {
  const versions = { ...base, newVersion: base.newUuid };
  const store = createCampaignStore(table, versions);
  const halting = { ...base, runs: createRunStore(table, versions) };
  const pauseRuns = (campaignId: string) => pauseRunsOf(halting, campaignId);
  return {
    dueMessages: createDueMessages(table),
    pauseCampaigns: (templateId) => pauseCampaignsOfTemplate({ ...base, store, pauseRuns }, templateId),
  };
}
