import { pauseCampaignsOfTemplate } from '../campaigns/campaigns-of-template.ts';
import { createCampaignStore } from '../dynamodb/dynamodb-campaign-store.ts';
import { createDueMessages } from '../dynamodb/dynamodb-due-index.ts';
import { createRunStore } from '../dynamodb/dynamodb-run-store.ts';
import { createAliasStore, createTemplateStore } from '../dynamodb/dynamodb-template-store.ts';
import type { Table } from '../dynamodb/table.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { Settings } from '../settings/settings.ts';
import { type AliasLookup, createAliasLookup } from '../templates/alias-lookup.ts';
import { createTemplateCatalogue, type TemplateCatalogue } from '../templates/catalogue.ts';
import { syncAndHandleChanges, type TemplateSyncResult } from '../templates/handle-template-changes.ts';
import { TemplateCallError } from '../templates/template-call-error.ts';
import type { TemplateLibrary } from '../templates/template-library.ts';
import {
  addTemplateAtWeChat,
  deleteTemplateAtWeChat,
  getCategories,
  getPublicKeywords,
  getPublicTitles,
} from '../wechat/template-calls.ts';
import type { Runtime } from './runtime.ts';
import { callWithToken, fetchTemplates, type WeChatClient } from './wechat.ts';

/** The account's templates, read from WeChat where they are not known yet. */
export function openCatalogue(table: Table, wechat: WeChatClient, base: Runtime): TemplateCatalogue {
  return createTemplateCatalogue({
    ...base,
    store: createTemplateStore(table, base.logger),
    fetchTemplates: () => fetchTemplates(wechat),
  });
}

/** The names by which callers may call the templates. */
export function openAliasLookup(
  table: Table,
  { templates }: Pick<Settings, 'templates'>,
  base: Runtime,
): AliasLookup {
  const store = createAliasStore(table, base);
  return createAliasLookup({ ...base, configured: templates.aliases, store });
}

/** Reads the templates again, and pauses what uses those that are gone or changed. */
export function openSync(
  table: Table,
  catalogue: TemplateCatalogue,
  base: Runtime,
): () => Promise<TemplateSyncResult> {
  const campaigns = {
    ...base,
    store: createCampaignStore(table, base),
    runs: createRunStore(table, base),
  };
  const services = {
    ...base,
    catalogue,
    store: createTemplateStore(table, base.logger),
    dependants: {
      dueMessages: createDueMessages(table),
      pauseCampaigns: (templateId: string) => pauseCampaignsOfTemplate(campaigns, templateId),
    },
  };
  return () => syncAndHandleChanges(services);
}

/** WeChat's public library, called with the account's access token. */
export function openLibrary(wechat: WeChatClient): TemplateLibrary {
  const ask = <T>(call: (http: HttpClient, accessToken: string) => Promise<T>) =>
    orLookupError(callWithToken(wechat, call));
  return {
    categories: () => ask(getCategories),
    titles: (query) => ask((http, token) => getPublicTitles(http, token, query)),
    keywords: (tid) => ask((http, token) => getPublicKeywords(http, token, tid)),
    add: (order) => ask((http, token) => addTemplateAtWeChat(http, token, order)),
    delete: (templateId) => ask((http, token) => deleteTemplateAtWeChat(http, token, templateId)),
    templateIds: async () =>
      (await orLookupError(fetchTemplates(wechat))).map(({ templateId }) => templateId),
  };
}

async function orLookupError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new TemplateCallError(cause);
  }
}
