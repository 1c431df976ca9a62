import * as v from 'valibot';
import type { Fields } from './read-fields.ts';

const anyObject = v.record(v.string(), v.unknown());

/**
 * The items of an event, wherever it holds them: under `List`, within the event's wrapper or without one, or right under the wrapper; several
 * in an array, one by itself (WeChat contract §6.2b, §6.4). What is no object is left for the caller to find fault with.
 */
export function listedItems(fields: Fields, wrapper: string): readonly unknown[] {
  return [...asArray(fields[wrapper]).flatMap(withinList), ...asArray(fields['List'])];
}

function withinList(item: unknown): readonly unknown[] {
  return v.is(anyObject, item) && 'List' in item ? asArray(item['List']) : [item];
}

/** In XML an element without content is an empty text. */
function asArray(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null || value === '' ? [] : [value];
}
