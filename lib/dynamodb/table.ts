import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { convertToAttr, marshall, unmarshall } from '@aws-sdk/util-dynamodb';

/**
 * Where the stores keep their items: one DynamoDB table, shared by mini programs because every key begins
 * with the appid.
 */
export interface Table {
  readonly client: DynamoDBClient;
  readonly name: string;
  readonly appId: string;
}

/** An item, or a part of one, as DynamoDB writes it. */
export type Attributes = Record<string, AttributeValue>;

/** What is undefined in an object is left out. */
const OPTIONS = { removeUndefinedValues: true };

/** Writes plain values as attributes. @throws Error for a number that JavaScript does not hold exactly */
export function toAttributes(item: object): Attributes {
  return marshall(item, OPTIONS);
}

/** Writes one value as {@link toAttributes} does. */
export function toAttribute(value: unknown): AttributeValue {
  return convertToAttr(value, OPTIONS);
}

/** Reads attributes as plain values. */
export function fromAttributes(attributes: Attributes): Record<string, unknown> {
  return unmarshall(attributes);
}
