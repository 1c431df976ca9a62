import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AwsAccess } from '../lib/aws/open-client.ts';
import { clientConfig } from '../lib/wiring/aws.ts';
import type { Environment } from '../lib/wiring/cold-start.ts';

/**
 * Region and credentials of whoever runs a script, from wherever the AWS SDK finds them: the environment, a profile, a login. It keeps
 * credentials for as long as they are valid.
 */
export async function developerAccess(env: Environment): Promise<AwsAccess> {
  const { config } = new DynamoDBClient(clientConfig(env, 'AWS_ENDPOINT_URL_DYNAMODB'));
  return { region: await config.region(), credentials: () => config.credentials() };
}
