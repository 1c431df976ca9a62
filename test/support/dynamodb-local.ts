import { startDynamoDbLocal } from '../../local/stack/dynamodb.ts';

/** One DynamoDB Local for all test files, which find it by AWS_ENDPOINT_URL_DYNAMODB; each uses a table of its own. */
export default async function setUp(): Promise<() => Promise<void>> {
  const engine = await startDynamoDbLocal();
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = engine.endpoint;
  return engine.close;
}
