import type { HttpClient } from '../http/http-client.ts';
import type { TemplateLibrary } from '../templates/template-library.ts';
import { TemplateLookupError } from '../templates/template-lookup-error.ts';
import {
  addTemplate,
  deleteTemplate,
  getCategories,
  getPublicKeywords,
  getPublicTitles,
} from '../wechat/library-calls.ts';
import { callWithToken, fetchTemplates, type WeChatClient } from './wechat.ts';

/** WeChat's public library, called with the account's access token. */
export function openLibrary(wechat: WeChatClient): TemplateLibrary {
  const ask = <T>(call: (http: HttpClient, accessToken: string) => Promise<T>) =>
    orLookupError(callWithToken(wechat, call));
  return {
    categories: () => ask(getCategories),
    titles: (query) => ask((http, token) => getPublicTitles(http, token, query)),
    keywords: (tid) => ask((http, token) => getPublicKeywords(http, token, tid)),
    add: (order) => ask((http, token) => addTemplate(http, token, order)),
    delete: (templateId) => ask((http, token) => deleteTemplate(http, token, templateId)),
    templateIds: async () =>
      (await orLookupError(fetchTemplates(wechat))).map(({ templateId }) => templateId),
  };
}

async function orLookupError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new TemplateLookupError(cause);
  }
}
