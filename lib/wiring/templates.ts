import type { Table } from '../table/client.ts';
import { createTemplateStore } from '../table/dynamodb-template-store.ts';
import { createTemplateCatalogue, type TemplateCatalogue } from '../templates/catalogue.ts';
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
