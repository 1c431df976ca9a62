import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { Table } from '../../lib/dynamodb/table.ts';
import { openDynamoDb } from '../../lib/runtime/aws.ts';
import { say } from '../../operate/language.ts';
import { readServiceDefinition, type TableDefinition } from './service-definition.ts';

/** Local engines check no signature; calls want credentials all the same. The same for SQS. */
export const LOCAL_AWS = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

/** A table on an engine on this machine, as the service's stores use it. */
export function localTable(endpoint: string, name: string, appId: string): Table {
  const { region, credentials } = LOCAL_AWS;
  const env = {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  return { client: openDynamoDb(env), name, appId };
}

/** The SDK's DynamoDB client for an engine on this machine, which can do more than the service needs. */
export function localDynamoDbClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ ...LOCAL_AWS, endpoint });
}

/** The definition of the project's one table, as serverless.yml deploys it. */
export async function tableDefinition(): Promise<TableDefinition> {
  const { Table } = (await readServiceDefinition()).tables();
  if (Table === undefined) throw new Error('serverless.yml defines no resource named Table.');
  return Table;
}

/** Creates the table under this name as serverless.yml defines it; one that is there already is kept as it is. */
export async function createTable(
  client: DynamoDBClient,
  name: string,
  definition: TableDefinition,
): Promise<void> {
  const { TimeToLiveSpecification, StreamSpecification, ...table } = definition;
  const stream = StreamSpecification && {
    StreamSpecification: { StreamEnabled: true, ...StreamSpecification },
  };
  try {
    await client.send(new CreateTableCommand({ TableName: name, ...table, ...stream }));
  } catch (error) {
    if (error instanceof ResourceInUseException) return;
    throw error;
  }
  await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
}

/** The project's table on an engine, ready for use. */
export interface OpenTable {
  readonly client: DynamoDBClient;
  readonly name: string;
  readonly definition: TableDefinition;
  close(): Promise<void>;
}

/**
 * Opens the table on the engine at `endpoint`, creating it if need be; with `dropOnClose` it goes when it is closed. It gets
 * its stream only if somebody follows it, which makes each write dearer.
 */
export async function openTable(o: {
  endpoint: string;
  name: string;
  dropOnClose: boolean;
  hasStream: boolean;
}): Promise<OpenTable> {
  const client = localDynamoDbClient(o.endpoint);
  const { StreamSpecification, ...streamless } = await tableDefinition();
  const definition = o.hasStream && StreamSpecification ? { ...streamless, StreamSpecification } : streamless;
  await createTable(client, o.name, definition).catch((cause) => {
    client.destroy();
    throw new Error(
      say(
        `The DynamoDB engine at ${o.endpoint} cannot be used.`,
        `位于 ${o.endpoint} 的 DynamoDB 引擎无法使用。`,
      ),
      { cause },
    );
  });
  return {
    client,
    name: o.name,
    definition,
    async close() {
      if (o.dropOnClose) await client.send(new DeleteTableCommand({ TableName: o.name }));
      client.destroy();
    },
  };
}
