import { createTemplateStore } from '../dynamodb/dynamodb-template-store.ts';
import type { Table } from '../dynamodb/table.ts';
import { createTemplateCatalogue, type TemplateCatalogue } from '../templates/catalogue.ts';
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
