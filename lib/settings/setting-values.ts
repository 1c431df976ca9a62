import * as v from 'valibot';
import { DOMAIN_EVENT_NAMES, type DomainEventName } from '../stream/domain-events.ts';
import { ALIAS_FORM } from '../templates/aliases.ts';

/** How an appid looks in settings, and in the header that names one. */
export const APP_ID_FORM = /^[\w-]{1,64}$/;

/** A secret as one word: a line break that came along from a file would make every use of it fail. */
export const secret = v.pipe(v.string(), v.regex(/^\S+$/, 'Expected a text without spaces and line breaks'));

/** An address, without a slash at its end. */
export const httpUrl = v.pipe(
  v.string(),
  v.check(
    (text) => ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? ''),
    'Expected an http or https address',
  ),
  v.transform((text) => text.replace(/\/+$/, '')),
);

/** A whole number from `min` to `max`, both included. */
export function wholeNumber(min: number, max: number) {
  const rule = `Expected a whole number from ${min} to ${max}`;
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,15}$/, rule),
    v.transform(Number),
    v.minValue(min, rule),
    v.maxValue(max, rule),
  );
}

/** Template ids with commas between, or `*` for every template. */
export const templateIds = v.pipe(
  v.string(),
  v.transform(listed),
  v.check(
    (ids) => ids.every((id) => /^(\*|[\w-]+)$/.test(id)),
    'Expected template ids with commas between, or *',
  ),
  v.transform((ids): '*' | readonly string[] => (ids.includes('*') ? '*' : ids)),
);

function listed(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const ALIASES_RULE =
  'Expected name=id pairs with commas between, or a JSON object of names to ids; a name is a letter, then up to 39 letters, digits, - or _';

const aliases = v.record(
  v.pipe(v.string(), v.regex(ALIAS_FORM)),
  v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,128}$/)),
);

/** Aliases of templates: `order-shipped=ID,price-drop=ID`, or the same as a JSON object. */
export const templateAliases = v.pipe(
  v.string(),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
    const parsed = v.safeParse(aliases, value.trim().startsWith('{') ? fromJson(value) : fromPairs(value));
    if (parsed.success) return parsed.output;
    // One problem for the whole: its path would be a name out of the value.
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
  v.check(
    (pages) => pages.every((page) => /^[\w./-]+$/.test(page)),
    'Expected pages with commas between, such as pages/index/index,pages/order/detail',
  ),
);

/** What an API key may do. */
export const SCOPES = ['read', 'send', 'manage'] as const;

/** What an API key may do. Scopes do not imply one another. */
export type Scope = (typeof SCOPES)[number];

const apiKey = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/, 'Expected up to 64 letters, digits and . _ -')),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'Expected a SHA-256 as 64 lower-case hex digits')),
  scopes: v.pipe(v.array(v.picklist(SCOPES)), v.nonEmpty('Expected at least one scope')),
  /** The mini programs that it is for; all of the stage where it is absent. */
  appids: v.exactOptional(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(APP_ID_FORM, "Expected a mini program's appid"))),
      v.nonEmpty('Expected at least one appid; leave appids out for all'),
    ),
  ),
});

/** An API key as it is configured: never the key itself. */
export type ApiKey = v.InferOutput<typeof apiKey>;

/** A JSON list of API keys. Two keys of one name or one hash would hide each other. */
export const apiKeysJson = v.pipe(
  v.string(),
  v.parseJson(undefined, 'Expected JSON'),
  v.array(apiKey),
  v.check((keys) => allDiffer(keys.map(({ name }) => name)), 'Expected a different name for each key'),
  v.check((keys) => allDiffer(keys.map(({ sha256 }) => sha256)), 'Expected a different sha256 for each key'),
);

function allDiffer(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}

/** Those that cost one event for each message that goes well are left out. */
export const DEFAULT_EVENTS =
  'Grant Recorded,Grant Revoked,Message Refused,Message Failed,Message Unknown,Campaign Run Finished';

const EVENTS_RULE = `Expected names with commas between, * or none: ${DOMAIN_EVENT_NAMES.join(', ')}`;

/** The names of the events to publish: with commas between, `*` for all, `none` for no events. */
export const publishedEvents = v.pipe(
  v.string(),
  v.transform((text): readonly string[] => {
    if (text.trim() === '*') return DOMAIN_EVENT_NAMES;
    return text.trim() === 'none' ? [] : listed(text);
  }),
  v.array(v.picklist(DOMAIN_EVENT_NAMES, EVENTS_RULE)),
  v.transform((names): ReadonlySet<DomainEventName> => new Set(names)),
);
