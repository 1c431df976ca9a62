import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Table } from '../table/client.ts';
import type { Environment } from './cold-start.ts';

/** A client for the service's table. Region, endpoint and credentials are the AWS SDK's own variables. */
export function openTable(env: Environment, name: string, appId: string): Table {
  const client = new DynamoDBClient(clientConfig(env, 'AWS_ENDPOINT_URL_DYNAMODB'));
  // It copies every input and output for a log that nobody keeps, which is several percent of a call's CPU time.
  client.middlewareStack.removeByTag('LOGGER');
  return { client, name, appId };
}

/** A client for the service's queue. */
export function openQueue(env: Environment): SQSClient {
  return new SQSClient({ ...clientConfig(env, 'AWS_ENDPOINT_URL_SQS'), useQueueUrlAsEndpoint: false });
}

/** A client for the bus that the owner's own rules listen to. */
export function openBus(env: Environment): EventBridgeClient {
  return new EventBridgeClient(clientConfig(env, 'AWS_ENDPOINT_URL_EVENTBRIDGE'));
}

/** A client for EventBridge Scheduler. */
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
