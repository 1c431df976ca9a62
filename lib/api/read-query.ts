import { ENCODE_UTF8 } from './encoding-remedies.ts';
import { inputError, ProblemError } from './problem.ts';

/**
 * The query by name. API Gateway's own reading joins repeated names with commas, which an id could hold as well.
 *
 * @throws ProblemError `invalid-query` when a name comes twice, or something is not the percent-encoding of UTF-8
 */
export function readQuery(rawQueryString: string): Readonly<Record<string, string>> {
  const query = new URLSearchParams(rawQueryString);
  const unreadable = [...query].filter(([name, value]) => isMisencoded(name) || isMisencoded(value));
  if (unreadable.length > 0 || isHalfEncoded(rawQueryString)) {
    throw new ProblemError('invalid-query', 'The query is not percent-encoded UTF-8.', {
      errors: unreadable.map(([path]) =>
        inputError(path, { en: 'Not percent-encoded UTF-8', zh: '不是 UTF-8 的百分号编码' }),
      ),
      remedy: ENCODE_UTF8,
    });
  }
  const names = [...query.keys()];
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  if (repeated.length === 0) return Object.fromEntries(query);
  throw new ProblemError('invalid-query', 'Give each name once.', {
    errors: [...new Set(repeated)].map((path) =>
      inputError(path, { en: 'Given more than once', zh: '重复出现' }),
    ),
  });
}

/** Whether text was made from bytes that are not UTF-8, as GBK's are: they are decoded to U+FFFD. */
export function isMisencoded(decoded: string): boolean {
  return decoded.includes('\uFFFD');
}

/** Whether a `%` stands without the two digits of its byte. */
function isHalfEncoded(encoded: string): boolean {
  return /%(?![0-9a-f]{2})/i.test(encoded);
}
