import * as v from 'valibot';
import { ALIAS_FORM } from '../templates/aliases.ts';

const ALIASES_RULE =
  'Expected name=id pairs with commas between, or a JSON object of names to ids; a name is a letter, then up to 39 letters, digits, - or _';
const PAGES_RULE = 'Expected pages with commas between, such as pages/index/index,pages/order/detail';

const templateId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,128}$/));
const aliases = v.record(v.pipe(v.string(), v.regex(ALIAS_FORM)), templateId);

/** Aliases of templates: `order-shipped=ID,price-drop=ID`, or the same as a JSON object. */
export const templateAliases = v.pipe(
  v.string(),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
    const parsed = v.safeParse(aliases, value.trim().startsWith('{') ? fromJson(value) : fromPairs(value));
    if (parsed.success) return parsed.output;
    // One problem for the whole: its place would be a name out of the value.
    addIssue({ message: ALIASES_RULE });
    return NEVER;
  }),
);

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** undefined when a name stands twice: one of the two would be lost. */
function fromPairs(text: string): Record<string, string> | undefined {
  const pairs = listed(text).map((pair) => pair.split('=').map((part) => part.trim()));
  const names = new Set(pairs.map(([name]) => name));
  if (names.size < pairs.length || pairs.some(({ length }) => length !== 2)) return undefined;
  return Object.fromEntries(pairs);
}

/** The pages of the mini program, as in its app.json, without leading slashes. */
export const appPages = v.pipe(
  v.string(),
  v.transform((text) => listed(text).map((page) => page.replace(/^\/+/, ''))),
  v.check((pages) => pages.every((page) => /^[\w./-]+$/.test(page)), PAGES_RULE),
);

function listed(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
