import type { AwsClient } from '../../lib/aws/aws-client.ts';
import type { Table } from '../../lib/table/client.ts';

/** Sees a call before DynamoDB does; `send` makes it. */
export type Watch = (operation: string, input: object, send: () => Promise<object>) => Promise<object>;

/** The same table through a client that shows each call to `watch` and answers what that answers. */
export function watched(table: Table, watch: Watch): Table {
  const { client } = table;
  const send = ((operation, input) =>
    watch(
      operation,
      Object(input),
      () => client.send(operation, input) as Promise<object>,
    )) as AwsClient<'dynamodb'>['send'];
  return { ...table, client: { send, close: () => client.close() } };
}
