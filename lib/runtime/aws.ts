import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { createAwsRequestHandler } from '../http/aws-request-handler.ts';
import type { FetchParameters } from '../settings/secrets.ts';
import type { Environment } from '../settings/settings.ts';

/** A client for the service's table. */
export function openDynamoDb(env: Environment): DynamoDBClient {
  const client = new DynamoDBClient({
    ...clientConfig(env, 'DYNAMODB'),
    endpointDiscoveryEnabled: false,
    accountIdEndpointMode: 'disabled',
  });
  return withoutLog(client);
}

/** A client for the service's queues. */
export function openQueue(env: Environment): SQSClient {
  // Queue URLs of a local engine name a host that does not resolve.
  return withoutLog(new SQSClient({ ...clientConfig(env, 'SQS'), useQueueUrlAsEndpoint: false }));
}

/** A client for the bus that the owner's own rules listen to. */
export function openBus(env: Environment): EventBridgeClient {
  return new EventBridgeClient(clientConfig(env, 'EVENTBRIDGE'));
}

/** A client for EventBridge Scheduler. */
export function openScheduler(env: Environment): SchedulerClient {
  return new SchedulerClient(clientConfig(env, 'SCHEDULER'));
}

/** Reads parameters from SSM, decrypted, by a client that lives for the one call. */
export function fetchFromSsm(env: Environment): FetchParameters {
  return async (names) => {
    const client = new SSMClient(clientConfig(env, 'SSM'));
    try {
      const { Parameters = [] } = await client.send(
        new GetParametersCommand({ Names: [...names], WithDecryption: true }),
      );
      return new Map(
        Parameters.flatMap(({ Name, Value }) =>
          Name === undefined || Value === undefined ? [] : [[Name, Value]],
        ),
      );
    } finally {
      client.destroy();
    }
  };
}

/**
 * The SDK makes a copy of each input and output for its log, also where there is none, which took 9 % of the
 * CPU time of a message. A client comes back that does not.
 */
export function withoutLog<C extends { readonly middlewareStack: { remove(name: string): boolean } }>(
  client: C,
): C {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

/** AWS's services by the names that their clients look for in `AWS_ENDPOINT_URL_<name>`. */
type ServiceName = 'DYNAMODB' | 'DYNAMODB_STREAMS' | 'EVENTBRIDGE' | 'LAMBDA' | 'SCHEDULER' | 'SQS' | 'SSM';

/**
 * What every client of the AWS SDK is made with. The SDK reads these variables out of the process by itself;
 * here they are handed over, so that several stacks can run in one process and a cold start looks for no
 * files. What the environment lacks, region or credentials, a script on a developer's machine takes from
 * where the SDK finds it.
 */
export function clientConfig(env: Environment, service: ServiceName) {
  const endpoint = env[`AWS_ENDPOINT_URL_${service}`] || env['AWS_ENDPOINT_URL'];
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'];
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  return {
    ...FIXED,
    requestHandler: createAwsRequestHandler(),
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    ...(accessKeyId &&
      secretAccessKey && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
      }),
  };
}

/** Settings that the SDK would otherwise look for in files. */
const FIXED = {
  // A young table and SSM at a burst of cold starts (40 a second) throttle for seconds, which two repeats do
  // not outlast.
  maxAttempts: 6,
  retryMode: 'adaptive',
  defaultsMode: 'standard',
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  userAgentAppId: 'qingniao',
  authSchemePreference: async () => [],
  disableClockSkewCorrection: false,
} as const;
