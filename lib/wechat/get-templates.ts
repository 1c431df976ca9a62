import * as v from 'valibot';
import type { HttpClient } from '../http/http-client.ts';
import { expectResult } from './read-answer.ts';

const template = v.pipe(
  v.object({
    priTmplId: v.string(),
    title: v.string(),
    content: v.string(),
    example: v.optional(v.string(), ''),
    type: v.union([v.number(), v.string()]),
    keywordEnumValueList: v.optional(
      v.array(v.object({ keywordCode: v.string(), enumValueList: v.array(v.string()) })),
      [],
    ),
  }),
  v.transform((wire) => ({
    templateId: wire.priTmplId,
    title: wire.title,
    content: wire.content,
    example: wire.example,
    type: wire.type,
    enumValues: Object.fromEntries(
      wire.keywordEnumValueList.map(({ keywordCode, enumValueList }) => [keywordCode, enumValueList]),
    ),
  })),
);

/** A private template of the account. */
export type WeChatTemplate = v.InferOutput<typeof template>;

/** Without the list it is no answer: taken for an empty account, it would do away with every template. */
const templates = v.object({ data: v.array(template) });

/** The account's private templates, `gettemplate` (WeChat contract §5.2). @throws WeChatError */
export async function getTemplates(
  http: HttpClient,
  accessToken: string,
): Promise<readonly WeChatTemplate[]> {
  const answer = await http.request({
    method: 'GET',
    path: '/wxaapi/newtmpl/gettemplate',
    query: { access_token: accessToken },
  });
  return expectResult('gettemplate', templates, answer).data;
}
