import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Table } from '../../lib/dynamodb/table.ts';
import { startDynamoDb } from '../../local/stack/dynamodb.ts';
import { createTable, localDynamoDbClient, localTable, tableDefinition } from '../../local/stack/table.ts';

/** A table, and what a test may need beside it: the engine's address and the SDK's client, which can ask for anything. */
export interface TestTable extends Table {
  readonly sdk: DynamoDBClient;
  readonly endpoint: string;
}

/**
 * An empty table of its own on a real engine: `const table = await useTable();` at the top of a test file, or in a
 * test. Each file runs its own engine, which ends with the test's process, unless AWS_ENDPOINT_URL_DYNAMODB names one
 * that is running already. Without a stream, which would make each write of every file slower than the one before.
 */
export async function useTable(appId = 'wx0123456789abcdef', { hasStream = false } = {}): Promise<TestTable> {
  const { AWS_ENDPOINT_URL_DYNAMODB } = process.env;
  const endpoint = AWS_ENDPOINT_URL_DYNAMODB ?? (await sharedEngine()).endpoint;
  const sdk = localDynamoDbClient(endpoint);
  const name = `test-${randomUUID()}`;
  const { StreamSpecification, ...definition } = await tableDefinition();
  await createTable(sdk, name, {
    ...definition,
    ...(hasStream && StreamSpecification && { StreamSpecification }),
  });
  return { ...localTable(endpoint, name, appId), sdk, endpoint };
}

let engine: ReturnType<typeof startDynamoDb> | undefined;

/** Vitest loads modules anew for each test file, so this is one engine per file. */
function sharedEngine(): ReturnType<typeof startDynamoDb> {
  engine ??= startDynamoDb();
  return engine;
}
