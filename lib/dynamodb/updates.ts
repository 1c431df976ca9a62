import type { Item } from './items.ts';
import type { Key } from './keys.ts';
import { type Table, toAttributes } from './table.ts';

/** What an update does to an item. An attribute to set that is undefined is removed. */
export interface Changes {
  readonly set?: Item;
  readonly add?: Readonly<Record<string, number>>;
  readonly remove?: readonly string[];
}

/** A condition, with the values and names that it has placeholders for. */
interface When {
  readonly condition: string;
  readonly values?: Item;
  readonly names?: Readonly<Record<string, string>>;
}

/** The update of one item as DynamoDB's calls take it, with a placeholder for each name and value. */
export function updateRequest(
  table: Table,
  key: Key,
  { set = {}, add = {}, remove = [] }: Changes,
  when?: When,
) {
  const names: Record<string, string> = { ...when?.names };
  const values: Record<string, unknown> = { ...when?.values };
  const [named, given] = [placeholders('#u', names), placeholders(':u', values)];
  const entries = Object.entries(set);
  const gone = entries.flatMap(([name, value]) => (value === undefined ? [name] : []));
  const clauses = {
    SET: entries.flatMap(([name, value]) => (value === undefined ? [] : `${named(name)} = ${given(value)}`)),
    ADD: Object.entries(add).map(([name, by]) => `${named(name)} ${given(by)}`),
    REMOVE: [...remove, ...gone].map(named),
  };
  return {
    TableName: table.name,
    Key: toAttributes(key),
    UpdateExpression: Object.entries(clauses)
      .filter(([, parts]) => parts.length > 0)
      .map(([clause, parts]) => `${clause} ${parts.join(', ')}`)
      .join(' '),
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: toAttributes(values) }),
    ...(when && { ConditionExpression: when.condition }),
  };
}

/** Answers the placeholder of a value among others, where it is put if it is new. */
function placeholders<T>(prefix: string, others: Record<string, T>): (value: T) => string {
  return (value) => {
    const known = Object.keys(others).find((placeholder) => others[placeholder] === value);
    const placeholder = known ?? prefix + Object.keys(others).length;
    others[placeholder] = value;
    return placeholder;
  };
}
