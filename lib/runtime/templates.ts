import { pauseCampaignsOfTemplate } from '../campaigns/campaigns-of-template.ts';
import { createCampaignStore } from '../dynamodb/dynamodb-campaign-store.ts';
import { createDueMessages } from '../dynamodb/dynamodb-due-index.ts';
import { createRunStore } from '../dynamodb/dynamodb-run-store.ts';
import { createAliasStore, createTemplateStore } from '../dynamodb/dynamodb-template-store.ts';
import type { Table } from '../dynamodb/table.ts';
import type { Settings } from '../settings/settings.ts';
import { createTemplateCatalogue, type TemplateCatalogue } from '../templates/catalogue.ts';
import { syncTemplates, type TemplateSyncResult } from '../templates/sync-templates.ts';
import { createTemplateNames, type TemplateNames } from '../templates/template-names.ts';
import type { Runtime } from './runtime.ts';
import { fetchTemplates, type WeChatClient } from './wechat.ts';

/** The account's templates, read from WeChat where they are not known yet. */
export function openCatalogue(table: Table, wechat: WeChatClient, base: Runtime): TemplateCatalogue {
  return createTemplateCatalogue({
    ...base,
    store: createTemplateStore(table, base.logger),
    fetchTemplates: () => fetchTemplates(wechat),
  });
}

/** The names by which callers may call the templates. */
export function openNames(
  table: Table,
  { templates }: Pick<Settings, 'templates'>,
  { clock, newUuid }: Runtime,
): TemplateNames {
  const store = createAliasStore(table, { newVersion: newUuid });
  return createTemplateNames({ configured: templates.aliases, store, clock });
}

/** Reads the templates again, and pauses what uses those that are gone or changed. */
export function openSync(
  table: Table,
  catalogue: TemplateCatalogue,
  base: Runtime,
): () => Promise<TemplateSyncResult> {
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
