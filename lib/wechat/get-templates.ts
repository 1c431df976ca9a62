import * as v from 'valibot';
import type { HttpClient } from '../http/http-client.ts';
import { expectResult } from './read-answer.ts';

const text = v.nullish(v.string(), '');

/** Only the id is insisted on: an entry of a kind that no page describes must not cost the others. */
const template = v.pipe(
  v.object({
    priTmplId: v.string(),
    title: text,
    content: text,
    example: text,
    type: v.nullish(v.union([v.number(), v.string()]), ''),
    keywordEnumValueList: v.nullish(
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
