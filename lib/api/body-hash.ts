import { createHash } from 'node:crypto';
import type * as v from 'valibot';
import type { KeyedRequest } from '../messages/idempotency-keys.ts';
import { DEFAULT_TIME_ZONE } from '../templates/fit-value.ts';
import { normaliseData } from '../templates/normalise-data.ts';
import type { messageBody } from './schemas/messages.ts';

type Body = v.InferOutput<typeof messageBody>;

/**
 * What an idempotency key is bound to: the message that was asked for, in whatever form. The order of
 * members, either form of `data`, what is a default anyway, another offset of `sendAt` and the alias of a
 * template make no other message. The caller's own word is what is stored, so that a repeat is known even
 * after the alias has moved.
 */
export function bodyHashes(
  { templateId: word, timezone = DEFAULT_TIME_ZONE, data, ...rest }: Body,
  templateId: string,
  alias: string | undefined,
): Pick<KeyedRequest, 'bodyHash' | 'sameHashes'> {
  const asked = { ...rest, timezone, data: canonicalData(data) };
  const hashWith = (name: string) =>
    createHash('sha256')
      .update(canonicalJson({ ...asked, templateId: name }))
      .digest('hex');
  return {
    bodyHash: hashWith(word),
    sameHashes: [templateId, ...(alias === undefined ? [] : [alias])].map(hashWith),
  };
}

/**
 * Data that cannot be read makes no message, but may come under a key that stands for one: it stays as it is.
 */
function canonicalData(input: unknown): unknown {
  const { data, problems } = normaliseData(input);
  return problems.length === 0 ? data : input;
}

/** JSON in which the members of every object stand in one order, so that equal values make equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isObject(part) ? sorted(part) : part));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(members: object): object {
  return Object.fromEntries(Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
