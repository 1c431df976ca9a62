import type { BilingualText } from '../bilingual-text.ts';

/** The longest page, with its query, that is taken. */
export const MAX_PAGE_LENGTH = 1024;

/** Everything that may stand in a query as it is; `%` only before two hexadecimal digits (RFC 3986 §3.4). */
const TO_ENCODE = /%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]/gu;

/** A card opens pages of the mini program only. */
const WEB_ADDRESS = /^[a-z][a-z0-9+.-]*:/i;

/**
 * A page as WeChat takes it (WeChat contract §3.1): without a leading slash, its query kept and what is not
 * ASCII in it percent-encoded. What is encoded already stays as it is, so that doing it twice changes
 * nothing.
 *
 * @returns undefined for what names no page of a mini program, or is too long
 */
export function normalisePage(text: string): string | undefined {
  const page = encodePage(text);
  return page !== undefined && page.length <= MAX_PAGE_LENGTH ? page : undefined;
}

/** The same, however long it is. */
export function encodePage(text: string): string | undefined {
  const trimmed = withoutSlash(text);
  if (!isPageOfApp(trimmed)) return undefined;
  const [path = '', ...rest] = trimmed.split('?');
  const query = rest.join('?');
  // A lone half of a surrogate pair has no encoding in UTF-8.
  return [path, ...(query === '' ? [] : [query])]
    .map((part) => part.toWellFormed().replace(TO_ENCODE, encodeURIComponent))
    .join('?');
}

/** Whether a text can name a page of a mini program: a path, on one line, and no web address. */
export function isPageOfApp(text: string): boolean {
  const trimmed = withoutSlash(text);
  return trimmed.split('?')[0] !== '' && !WEB_ADDRESS.test(trimmed) && !/\p{Cc}/u.test(trimmed);
}

function withoutSlash(text: string): string {
  return text.trim().replace(/^\/+/, '');
}

/** A page that was taken all the same. */
interface PageWarning extends BilingualText {
  readonly path: 'page';
  readonly code: 'page-not-listed';
}

/**
 * Warns of a page that is none of the mini program's `pages`. Without a list of them there is nothing to say.
 */
export function pageWarning(
  page: string | undefined,
  pages: readonly string[] | undefined,
): PageWarning | undefined {
  if (page === undefined || pages === undefined) return undefined;
  const [path = ''] = page.split('?');
  if (pages.includes(path)) return undefined;
  return {
    path: 'page',
    code: 'page-not-listed',
    en: `The page ${path} is not among the mini program's pages (APP_PAGES): the card may open nothing.`,
    zh: `页面 ${path} 不在小程序的页面列表（APP_PAGES）中，点击卡片可能无法打开。`,
  };
}
