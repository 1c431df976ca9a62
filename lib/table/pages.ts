import type { InputOf, OutputOf } from '../aws/operations.ts';
import type { Table } from './client.ts';

/** The pages of a query, each asked for when the one before has been used. */
export async function* queryPages(
  { client }: Pick<Table, 'client'>,
  query: InputOf<'dynamodb', 'Query'>,
): AsyncGenerator<OutputOf<'dynamodb', 'Query'>> {
  let page = await client.send('Query', query);
  yield page;
  while (page.LastEvaluatedKey) {
    page = await client.send('Query', { ...query, ExclusiveStartKey: page.LastEvaluatedKey });
    yield page;
  }
}

/** The pages of a scan, in the same way. */
export async function* scanPages(
  { client }: Pick<Table, 'client'>,
  scan: InputOf<'dynamodb', 'Scan'>,
): AsyncGenerator<OutputOf<'dynamodb', 'Scan'>> {
  let page = await client.send('Scan', scan);
  yield page;
  while (page.LastEvaluatedKey) {
    page = await client.send('Scan', { ...scan, ExclusiveStartKey: page.LastEvaluatedKey });
    yield page;
  }
}
