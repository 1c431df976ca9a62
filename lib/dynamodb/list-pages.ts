import {
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  ScanCommand,
  type ScanCommandInput,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Table } from './client.ts';

/** The pages of a query, each asked for when the one before has been used. */
export async function* queryPages(
  { client }: Pick<Table, 'client'>,
  query: QueryCommandInput,
): AsyncGenerator<QueryCommandOutput> {
  let page = await client.send(new QueryCommand(query));
  yield page;
  while (page.LastEvaluatedKey) {
    page = await client.send(new QueryCommand({ ...query, ExclusiveStartKey: page.LastEvaluatedKey }));
    yield page;
  }
}

/** The pages of a scan, in the same way. */
export async function* scanPages(
  { client }: Pick<Table, 'client'>,
  scan: ScanCommandInput,
): AsyncGenerator<ScanCommandOutput> {
  let page = await client.send(new ScanCommand(scan));
  yield page;
  while (page.LastEvaluatedKey) {
    page = await client.send(new ScanCommand({ ...scan, ExclusiveStartKey: page.LastEvaluatedKey }));
    yield page;
  }
}
