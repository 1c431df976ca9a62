import { type AwsClient, createAwsClient } from './aws-client.ts';
import type { AwsService } from './operations.ts';
import type { AwsCredentials, CredentialsSource } from './signer.ts';

/** Environment variables by name. */
type Environment = Readonly<Record<string, string | undefined>>;

/** The environment does not say who asks AWS, or where. */
export class AwsAccessError extends Error {
  override readonly name = 'AwsAccessError';
  readonly code = 'aws-access-missing';
}

/** Where AWS is asked and by whom, where it is not what Lambda says in the environment. */
export interface AwsAccess {
  readonly region: string;
  readonly credentials: CredentialsSource;
}

const ENDPOINTS: Readonly<Record<AwsService, string>> = {
  dynamodb: 'AWS_ENDPOINT_URL_DYNAMODB',
  sqs: 'AWS_ENDPOINT_URL_SQS',
  events: 'AWS_ENDPOINT_URL_EVENTBRIDGE',
  ssm: 'AWS_ENDPOINT_URL_SSM',
};

/**
 * Opens a client of a service as the environment says: its endpoint and, without `access`, region and credentials.
 *
 * @throws AwsAccessError when region or credentials are missing
 */
export function openAwsClient<Service extends AwsService>(
  env: Environment,
  service: Service,
  access: AwsAccess = { region: regionIn(env), credentials: credentialsIn(env) },
): AwsClient<Service> {
  const endpoint = env[ENDPOINTS[service]] || env['AWS_ENDPOINT_URL'];
  return createAwsClient({ service, ...access, ...(endpoint && { endpoint }) });
}

function regionIn(env: Environment): string {
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'];
  if (region) return region;
  throw new AwsAccessError('Set AWS_REGION to the region of the deployment.');
}

function credentialsIn(env: Environment): AwsCredentials {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (accessKeyId && secretAccessKey) {
    return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  }
  throw new AwsAccessError(
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN with temporary ones. Lambda sets all three itself.',
  );
}
