import * as v from 'valibot';
import { inputError, ProblemError } from './problem.ts';
import { ERROR_MESSAGES } from './schemas/error-messages.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/**
 * The query of every list, to be spread into its `v.strictObject`: `limit` (a number, 1 to 200, default 50)
 * and `cursor`, still encoded ({@link decodeCursor}).
 */
export const pageQuery = {
  limit: v.optional(
    v.pipe(
      v.string(),
      v.metadata({
        type: 'integer',
        minimum: 1,
        maximum: MAX_LIMIT,
        description: 'How many items to answer at most.',
      }),
      v.check((text) => /^\d{1,6}$/.test(text), ERROR_MESSAGES.wholeNumber),
      v.transform(Number),
      v.minValue(1, ERROR_MESSAGES.min(1)),
      v.maxValue(MAX_LIMIT, ERROR_MESSAGES.max(MAX_LIMIT)),
    ),
    String(DEFAULT_LIMIT),
  ),
  cursor: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(2048),
      v.description('`nextCursor` of the page before; absent for the first page.'),
    ),
  ),
};

/** The body of every list answer. */
export function pageOf<S extends v.GenericSchema>(item: S) {
  return v.object({
    items: v.array(item),
    nextCursor: v.exactOptional(
      v.pipe(v.string(), v.description('Ask for the next page with it. Absent on the last page.')),
    ),
  });
}

/** The answer to a request for a list: a page of items, and where the next begins. */
export function pageReply<T>(items: readonly T[], next: unknown) {
  return {
    status: 200,
    body: { items, ...(next !== undefined && { nextCursor: encodeCursor(next) }) },
  } as const;
}

/**
 * A position in a list as the opaque text that the caller brings back. It is readable by who tries: put in
 * where to go on, never the owner of what is listed.
 */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * The position that a cursor names, checked, because a caller may send anything; undefined for the first
 * page.
 *
 * @throws ProblemError `invalid-query` when it is not a cursor of this list
 */
export function decodeCursor<S extends v.GenericSchema>(
  schema: S,
  cursor: string | undefined,
): v.InferOutput<S> | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  if (result.success) return result.output;
  throw new ProblemError(
    'invalid-query',
    'Take the cursor from the answer before, or leave it out to start again.',
    { errors: [inputError('cursor', { en: 'Not a cursor of this list', zh: '不是此列表的 cursor' })] },
  );
}
