import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Table } from '../../lib/dynamodb/table.ts';

/** Sees a call before DynamoDB does; `send` makes it. */
export type Watch = (operation: string, input: object, send: () => Promise<object>) => Promise<object>;

/** The same table through a client that shows each call to `watch` and answers what that answers. */
export function watched(table: Table, watch: Watch): Table {
  const client = Object.create(table.client) as DynamoDBClient;
  const send = (command: Parameters<DynamoDBClient['send']>[0]) =>
    watch(command.constructor.name.replace(/Command$/, ''), command.input, () => table.client.send(command));
  return { ...table, client: Object.assign(client, { send }) };
}
