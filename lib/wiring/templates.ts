import { pauseCampaignsOfTemplate } from '../campaigns/pause-campaigns.ts';
import type { Settings } from '../settings.ts';
import { createAliasStore } from '../table/alias-store.ts';
import { createBookedMessages } from '../table/booked-messages.ts';
import { createCampaignStore } from '../table/campaign-store.ts';
import type { Table } from '../table/client.ts';
import { createTemplateStore } from '../table/template-store.ts';
import { createTemplateCatalogue, type TemplateCatalogue } from '../templates/catalogue.ts';
import { type SyncResult, syncTemplates } from '../templates/sync-templates.ts';
import { createTemplateNames, type TemplateNames } from '../templates/template-names.ts';
import type { TemplateUsers } from '../templates/template-users.ts';
import type { Foundation } from './foundation.ts';
import { fetchTemplates, type WeChatLine } from './wechat.ts';

/** The account's templates, read from WeChat where they are not known yet. */
export function openCatalogue(table: Table, wechat: WeChatLine, base: Foundation): TemplateCatalogue {
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
  { clock, newUuid }: Foundation,
): TemplateNames {
  const store = createAliasStore(table, { newVersion: newUuid });
  return createTemplateNames({ configured: templates.aliases, store, clock });
}

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
  const store = createCampaignStore(table, { ...base, newVersion: base.newUuid });
  const pauseRuns = async () => undefined;
  return {
    bookedMessages: createBookedMessages(table),
    pauseCampaigns: (templateId) => pauseCampaignsOfTemplate({ ...base, store, pauseRuns }, templateId),
  };
}
