import { createHash } from 'node:crypto';
import type * as v from 'valibot';
import { canonicalJson } from '../canonical-json.ts';
import type { IdempotencyClaim } from '../messages/idempotency-keys.ts';
import { DEFAULT_TIME_ZONE } from '../templates/fit-value.ts';
import { normaliseData } from '../templates/normalise-data.ts';
import type { messageBody } from './schemas/messages.ts';

type Body = v.InferOutput<typeof messageBody>;

/** The names that a template has now. */
interface Names {
  readonly templateId: string;
  readonly alias: string | undefined;
}

/**
 * What an idempotency key is bound to: the message that was asked for, in whatever form. The order of members, either form of `data`,
 * what is a default anyway and another offset of `sendAt` make no other message; nor does the alias of a template in the place of its id.
 * The caller's own word is what is stored, so that a repeat is known even after the alias has moved.
 */
export function bodyHashes(
  body: Body,
  { templateId, alias }: Names,
): Pick<IdempotencyClaim, 'bodyHash' | 'sameHashes'> {
  const { templateId: word, timezone = DEFAULT_TIME_ZONE, data, ...rest } = body;
  const asked = { ...rest, timezone, data: canonicalData(data) };
  const hashWith = (name: string) => hashOf({ ...asked, templateId: name });
  return {
    bodyHash: hashWith(word),
    sameHashes: [templateId, ...(alias === undefined ? [] : [alias])].map(hashWith),
  };
}

/** Data that cannot be read makes no message, but may come under a key that stands for one: it stays as it is. */
function canonicalData(input: unknown): unknown {
  const { data, problems } = normaliseData(input);
  return problems.length === 0 ? data : input;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
