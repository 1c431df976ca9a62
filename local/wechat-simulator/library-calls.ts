import { type Answer, success } from './answers.ts';
import type { WeChatRequest } from './calls.ts';
import { CATEGORIES, PUBLIC_TITLES, publicTitle } from './public-library.ts';
import type { World } from './world.ts';

/** The most titles of one answer (WeChat contract §5.1). */
const MOST_TITLES = 30;

/** `GET /wxaapi/newtmpl/getcategory` (WeChat contract §5.1). */
export function listCategories(world: World, request: WeChatRequest): Answer {
  return refuseRead(world, request) ?? success({ data: CATEGORIES });
}

/** `GET /wxaapi/newtmpl/getpubtemplatetitles` (WeChat contract §5.1, §5.3). */
export function listPublicTitles(world: World, request: WeChatRequest): Answer {
  const refused = refuseRead(world, request);
  if (refused) return refused;
  const { query } = request;
  const ids = query.get('ids') ?? '';
  if (ids === '') return world.refuse(200018);
  const categories = ids
    .split(',')
    .map((id) => CATEGORIES.find((category) => String(category.id) === id.trim())?.id);
  if (categories.includes(undefined)) return world.refuse(200019);
  const start = wholeNumber(query.get('start'));
  if (start === undefined) return world.refuse(200016);
  const limit = wholeNumber(query.get('limit'));
  if (limit === undefined || limit < 1 || limit > MOST_TITLES) return world.refuse(200017);
  const found = PUBLIC_TITLES.filter(({ categoryId }) => categories.includes(categoryId));
  const data = found.slice(start, start + limit).map(({ tid, title, type, categoryId }) => ({
    tid: world.switches.titleIds === 'text' ? String(tid) : tid,
    title,
    type,
    categoryId: String(categoryId),
  }));
  return success({ count: found.length, data });
}

/** `GET /wxaapi/newtmpl/getpubtemplatekeywords` (WeChat contract §5.1, §5.3). */
export function listPublicKeywords(world: World, request: WeChatRequest): Answer {
  const refused = refuseRead(world, request);
  if (refused) return refused;
  const title = publicTitle(request.query.get('tid'));
  if (!title) return world.refuse(200014);
  const data = title.keywords.map(({ kid, name, example, rule }) => ({ kid, name, example, rule }));
  return success({ count: data.length, data });
}

function refuseRead(world: World, request: WeChatRequest): Answer | undefined {
  const refused = world.tokens.refusalOf(request.query.get('access_token'));
  if (refused) return world.refuse(refused);
  return request.method === 'GET' ? undefined : world.refuse(40400);
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
