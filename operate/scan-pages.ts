import { ScanCommand, type ScanCommandInput, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import type { Table } from '../lib/dynamodb/table.ts';

/** The pages of a scan, each asked for when the one before has been used. */
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
