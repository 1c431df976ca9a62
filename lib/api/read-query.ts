import { inputError, ProblemError } from './problem.ts';

/**
 * The query by name. API Gateway's own reading joins repeated names with commas, which an id could hold as well.
 *
 * @throws ProblemError `invalid-query` when a name comes twice
 */
export function readQuery(rawQueryString: string): Readonly<Record<string, string>> {
  const query = new URLSearchParams(rawQueryString);
  const names = [...query.keys()];
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  if (repeated.length === 0) return Object.fromEntries(query);
  throw new ProblemError('invalid-query', 'Give each name once.', {
    errors: [...new Set(repeated)].map((path) =>
      inputError(path, { en: 'Given more than once', zh: '重复出现' }),
    ),
  });
}
