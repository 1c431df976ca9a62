import * as v from 'valibot';

/** A secret as one word: a line break that came along from a file would make every use of it fail. */
export const secret = v.pipe(v.string(), v.regex(/^\S+$/, 'Expected a text without spaces and line breaks'));

/** An address, without a slash at its end. */
export const httpUrl = v.pipe(
  v.string(),
  v.check((text) => isHttpUrl(text), 'Expected an http or https address'),
  v.transform((text) => text.replace(/\/+$/, '')),
);

function isHttpUrl(text: string): boolean {
  return ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? '');
}

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
  v.transform((text) =>
    text
      .split(',')
      .map((id) => id.trim())
      .filter((id) => id !== ''),
  ),
  v.check(
    (ids) => ids.every((id) => /^(\*|[\w-]+)$/.test(id)),
    'Expected template ids with commas between, or *',
  ),
  v.transform((ids): '*' | readonly string[] => (ids.includes('*') ? '*' : ids)),
);
