import * as v from 'valibot';
import type { Invocation } from './invoke.ts';

const responseSchema = v.nullish(
  v.object({
    batchItemFailures: v.nullish(v.array(v.object({ itemIdentifier: v.pipe(v.string(), v.minLength(1)) }))),
  }),
);

/**
 * Which of a batch's records Lambda leaves on the queue, by message id. A function that threw, an answer that does not
 * parse and an identifier that is not of this batch each fail the whole batch; null or an empty list fails none.
 */
export function failedRecords(messageIds: readonly string[], invocation: Invocation): ReadonlySet<string> {
  const all = new Set(messageIds);
  if (invocation.type === 'threw') return all;
  const parsed = v.safeParse(responseSchema, invocation.result);
  if (!parsed.success) return all;
  const failed = new Set(parsed.output?.batchItemFailures?.map((failure) => failure.itemIdentifier));
  return [...failed].every((id) => all.has(id)) ? failed : all;
}
