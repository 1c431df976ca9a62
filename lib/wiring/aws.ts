import { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { AwsClient } from '../aws/aws-client.ts';
import { type AwsAccess, openAwsClient } from '../aws/open-client.ts';
import type { Table } from '../table/client.ts';
import type { Environment } from './cold-start.ts';

/** A client for the service's table; with `access` in the place of the region and the credentials that a function is given. */
export function openTable(env: Environment, name: string, appId: string, access?: AwsAccess): Table {
  return { client: openAwsClient(env, 'dynamodb', access), name, appId };
}

/** A client for the service's queues. */
export function openQueue(env: Environment): AwsClient<'sqs'> {
  return openAwsClient(env, 'sqs');
}

/** A client for the bus that the owner's own rules listen to. */
export function openBus(env: Environment): AwsClient<'events'> {
  return openAwsClient(env, 'events');
}

/** A client for EventBridge Scheduler: the SDK's, because it is asked seldom and speaks a protocol of its own. */
export function openScheduler(env: Environment): SchedulerClient {
  return new SchedulerClient(clientConfig(env, 'AWS_ENDPOINT_URL_SCHEDULER'));
}

/**
 * What a client of the AWS SDK is made with. The SDK reads these variables out of the process by itself; they are handed over here so that several stacks
 * can run in one process.
 */
export function clientConfig(env: Environment, endpointName: string) {
  const endpoint = env[endpointName] ?? env['AWS_ENDPOINT_URL'];
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  return {
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    ...(accessKeyId &&
      secretAccessKey && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
      }),
  };
}
