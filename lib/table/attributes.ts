import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item, or a part of one, as DynamoDB writes it. */
export type Attributes = Record<string, AttributeValue>;

/**
 * Writes plain values as attributes: texts, numbers, booleans, null, lists, objects and sets of texts, which is all that the table holds.
 * What is undefined in an object is left out.
 *
 * @throws TypeError for any other value, and for a number that JavaScript does not hold exactly
 */
export function toAttributes(item: object): Attributes {
  const attributes: [string, AttributeValue][] = [];
  for (const [name, value] of Object.entries(item)) {
    if (value !== undefined) attributes.push([name, toAttribute(value)]);
  }
  return Object.fromEntries(attributes);
}

/** Writes one value as {@link toAttributes} does. */
export function toAttribute(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: exact(value).toString() };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  if (value instanceof Set) return { SS: textsOf(value) };
  if (typeof value === 'object' && isPlain(value)) return { M: toAttributes(value) };
  throw new TypeError(`The table holds no ${Object.prototype.toString.call(value)}.`);
}

/** Reads attributes as plain values. @throws TypeError for kinds that {@link toAttributes} does not write */
export function fromAttributes(attributes: Attributes): Record<string, unknown> {
  const item: [string, unknown][] = [];
  for (const [name, value] of Object.entries(attributes)) item.push([name, fromAttribute(value)]);
  return Object.fromEntries(item);
}

function fromAttribute(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return exact(Number(value.N));
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.M !== undefined) return fromAttributes(value.M);
  if (value.L !== undefined) return value.L.map(fromAttribute);
  if (value.NULL !== undefined) return null;
  if (value.SS !== undefined) return new Set(value.SS);
  throw new TypeError(`The table holds no attributes of kind ${Object.keys(value).join()}.`);
}

function exact(value: number): number {
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  throw new TypeError(`The table holds no number ${value}.`);
}

/** DynamoDB has no empty set. */
function textsOf(set: ReadonlySet<unknown>): string[] {
  const texts = [...set].filter((text) => typeof text === 'string');
  if (texts.length === set.size && texts.length > 0) return texts;
  throw new TypeError('The table holds no sets but those of texts.');
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
