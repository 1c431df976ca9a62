import * as v from 'valibot';
import type { HttpClient } from '../http/http-client.ts';
import { expectResult, readAnswer } from './read-answer.ts';

/*
 * Only ids are insisted on: an entry of a kind that no page describes, such as a service card's, must not cost the
 * others of its list.
 */
const text = v.nullish(v.string(), '');
/** 2 is one-time, 3 is long-term. */
const type = v.nullish(v.union([v.number(), v.string()]), '');

const template = v.pipe(
  v.object({
    priTmplId: v.string(),
    title: text,
    content: text,
    example: text,
    type,
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
  const answer = await read(http, accessToken, 'gettemplate', {});
  return expectResult('gettemplate', templates, answer).data;
}

/** An id that pages and SDKs write as a number or as text (WeChat contract §5.1). */
const id = v.pipe(v.union([v.number(), v.string()]), v.transform(String));

const kid = v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.integer());

const category = v.pipe(
  v.object({ id, name: v.string() }),
  v.transform(({ id: categoryId, name }) => ({ categoryId, name })),
);

const title = v.object({ tid: id, title: text, type, categoryId: v.nullish(id, '') });

const keyword = v.pipe(
  v.object({ kid, name: text, example: text, rule: text }),
  v.transform(({ kid: keywordId, ...rest }) => ({ keywordId, ...rest })),
);

/** A page of the library's titles, and how many titles there are. */
const titles = v.object({ count: v.number(), data: v.array(title) });

/** The most titles of one answer (WeChat contract §5.1). */
const MOST_TITLES = 30;

/** The categories that the account has, `getcategory` (WeChat contract §5.1). @throws WeChatError */
export async function getCategories(http: HttpClient, accessToken: string) {
  const answer = await read(http, accessToken, 'getcategory', {});
  return expectResult('getcategory', v.object({ data: v.array(category) }), answer).data;
}

/**
 * At most 30 titles of these categories from the place `start` on, and how many there are in all,
 * `getpubtemplatetitles` (WeChat contract §5.1).
 *
 * @throws WeChatError
 */
export async function getPublicTitles(
  http: HttpClient,
  accessToken: string,
  { categoryIds, start }: { readonly categoryIds: readonly string[]; readonly start: number },
) {
  const query = { ids: categoryIds.join(','), start: String(start), limit: String(MOST_TITLES) };
  const answer = await read(http, accessToken, 'getpubtemplatetitles', query);
  const { count, data } = expectResult('getpubtemplatetitles', titles, answer);
  return { count, titles: data };
}

/** The keywords that a title offers, `getpubtemplatekeywords` (WeChat contract §5.1). @throws WeChatError */
export async function getPublicKeywords(http: HttpClient, accessToken: string, tid: string) {
  const answer = await read(http, accessToken, 'getpubtemplatekeywords', { tid });
  return expectResult('getpubtemplatekeywords', v.object({ data: v.array(keyword) }), answer).data;
}

function read(http: HttpClient, accessToken: string, name: string, query: Record<string, string>) {
  return http.request({
    method: 'GET',
    path: `/wxaapi/newtmpl/${name}`,
    query: { access_token: accessToken, ...query },
  });
}

/** A template made of a title's keywords. */
export interface NewTemplate {
  readonly tid: string;
  /** In the order in which the card shows them; none for a title that has no choice of them. */
  readonly keywordIds: readonly number[];
  /** What it is for, up to 15 characters. */
  readonly sceneDescription?: string;
}

const added = v.object({ priTmplId: v.pipe(v.string(), v.minLength(1)) });

/** The account has a template of this title with these keywords: the answer names it (WeChat contract §5.3). */
const HAS_IT = 200022;

/**
 * Adds a template to the account, `addtemplate`, and answers its id; one that the account has already is
 * named and not added again (WeChat contract §5.1, §5.3).
 *
 * @throws WeChatError
 */
export async function addTemplateAtWeChat(
  http: HttpClient,
  accessToken: string,
  { tid, keywordIds, sceneDescription }: NewTemplate,
): Promise<string> {
  const answer = await write(http, accessToken, 'addtemplate', {
    tid,
    kidList: keywordIds,
    ...(sceneDescription !== undefined && { sceneDesc: sceneDescription }),
  });
  const read = answer.type === 'answered' ? readAnswer(answer.text) : undefined;
  const known = v.safeParse(added, read?.body);
  if (read?.answer.errcode === HAS_IT && known.success) return known.output.priTmplId;
  return expectResult('addtemplate', added, answer).priTmplId;
}

/** Deletes a template of the account, `deltemplate` (WeChat contract §5.1). @throws WeChatError */
export async function deleteTemplateAtWeChat(
  http: HttpClient,
  accessToken: string,
  templateId: string,
): Promise<void> {
  const answer = await write(http, accessToken, 'deltemplate', { priTmplId: templateId });
  expectResult('deltemplate', v.object({}), answer);
}

/** In JSON, as NEW shows it and SDKs send it; an older page asks for a form (WeChat contract §5.3). */
function write(http: HttpClient, accessToken: string, name: string, body: object) {
  return http.request({
    method: 'POST',
    path: `/wxaapi/newtmpl/${name}`,
    query: { access_token: accessToken },
    body: JSON.stringify(body),
  });
}
