import * as v from 'valibot';

const SCOPES = ['read', 'send', 'manage'] as const;

/** What an API key may do. Scopes do not imply one another. */
export type Scope = (typeof SCOPES)[number];

const apiKeySchema = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/, 'Expected up to 64 letters, digits and . _ -')),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'Expected a SHA-256 as 64 lower-case hex digits')),
  scopes: v.pipe(v.array(v.picklist(SCOPES)), v.nonEmpty('Expected at least one scope')),
});

/** An API key as it is configured: never the key itself. */
export type ApiKey = v.InferOutput<typeof apiKeySchema>;

/** `API_KEYS`: a JSON list of keys. Two keys of one name or one hash would hide each other. */
export const apiKeysJson = v.pipe(
  v.string(),
  v.parseJson(undefined, 'Expected JSON'),
  v.array(apiKeySchema),
  v.check((keys) => allDiffer(keys.map(({ name }) => name)), 'Expected a different name for each key'),
  v.check((keys) => allDiffer(keys.map(({ sha256 }) => sha256)), 'Expected a different sha256 for each key'),
);

function allDiffer(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}
