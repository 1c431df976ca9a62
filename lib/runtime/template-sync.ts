import { pauseCampaignsOfTemplate } from '../campaigns/pause-campaigns.ts';
import { createCampaignStore } from '../dynamodb/dynamodb-campaign-store.ts';
import { createDueMessages } from '../dynamodb/dynamodb-due-index.ts';
import { createRunStore } from '../dynamodb/dynamodb-run-store.ts';
import { createTemplateStore } from '../dynamodb/dynamodb-template-store.ts';
import type { Table } from '../dynamodb/table.ts';
import type { TemplateCatalogue } from '../templates/catalogue.ts';
import { type SyncResult, syncTemplates } from '../templates/sync-templates.ts';
import type { Runtime } from './runtime.ts';

/** Reads the templates again, and pauses what uses those that are gone or changed. */
export function openSync(
  table: Table,
  catalogue: TemplateCatalogue,
  base: Runtime,
): () => Promise<SyncResult> {
  const versions = { ...base, newVersion: base.newUuid };
  const campaigns = {
    ...base,
    store: createCampaignStore(table, versions),
    runs: createRunStore(table, versions),
  };
  const services = {
    ...base,
    catalogue,
    store: createTemplateStore(table, base.logger),
    users: {
      dueMessages: createDueMessages(table),
      pauseCampaigns: (templateId: string) => pauseCampaignsOfTemplate(campaigns, templateId),
    },
  };
  return () => syncTemplates(services);
}
