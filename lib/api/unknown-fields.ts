import type * as v from 'valibot';

/** A schema of Valibot's, as far as its fields can be found in it. */
type Node = Readonly<Record<string, unknown>>;

/** Names that an object of the input may not have, and those that it may. */
export interface UnknownFields {
  readonly names: readonly string[];
  readonly known: readonly string[];
}

/**
 * Every unknown field of the object that an issue is about; Valibot itself stops at the first. undefined when the issue is
 * another.
 */
export function unknownFields(
  schema: v.GenericSchema,
  issue: v.BaseIssue<unknown>,
): UnknownFields | undefined {
  if (issue.type !== 'strict_object' || issue.expected !== 'never') return undefined;
  const path = issue.path ?? [];
  const { input: parent, key: first } = path.at(-1) ?? {};
  if (!isNode(parent)) return undefined;
  let nodes = expanded(schema);
  for (const { key } of path.slice(0, -1))
    nodes = nodes.flatMap((node) => expanded(partOf(node, String(key))));
  const known = [
    ...new Set(nodes.flatMap((node) => Object.keys(isNode(node['entries']) ? node['entries'] : {}))),
  ];
  // A field of another choice is known, and yet it is the one at fault.
  const names = Object.keys(parent).filter((name) => name === first || !known.includes(name));
  return { names, known };
}

/** What a schema says of one member of what it describes. */
function partOf({ entries, item, value }: Node, key: string): unknown {
  return isNode(entries) ? entries[key] : (item ?? value);
}

/** The schemas that a value may be held against: without what makes it optional, one for each choice. */
function expanded(schema: unknown): readonly Node[] {
  if (!isNode(schema)) return [];
  const { wrapped, options } = schema;
  if (wrapped !== undefined) return expanded(wrapped);
  return Array.isArray(options) ? options.flatMap(expanded) : [schema];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}
