import { once } from 'node:events';
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';

/** What an account and a stage have. */
export interface AccountOfTest {
  /** Lambda's concurrent executions, and how many of them no function keeps. */
  readonly limit?: number;
  readonly unreserved?: number;
  /** Of the queues' event source mappings, by function. */
  readonly maximumConcurrency?: Readonly<Record<string, number>>;
  /** Of wechat-events. */
  readonly reserved?: number;
  readonly warmWrites?: number;
  readonly mostWrites?: number;
  /** Whether the credentials may not ask. */
  readonly isForbidden?: boolean;
}

const DEFAULTS = { 'send-messages': 50, 'send-campaign': 20, 'process-events': 10 };

/**
 * Lambda and DynamoDB on a free port for one test, as far as limits go. Answers have the form of AWS's own: GetAccountSettings,
 * ListEventSourceMappings, GetFunctionConcurrency, DescribeTable and DescribeLimits in their API references.
 */
export async function useAwsQuotas(account: AccountOfTest = {}): Promise<Record<string, string>> {
  const { isForbidden = false } = account;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    const target = `${request.headers['x-amz-target'] ?? ''}`;
    request.resume();
    const answer = isForbidden
      ? undefined
      : target === ''
        ? ofLambda(account, url)
        : ofDynamoDb(account, target);
    response
      .writeHead(answer ? 200 : 403, {
        'content-type': target === '' ? 'application/json' : 'application/x-amz-json-1.0',
        ...(answer ? {} : { 'x-amzn-errortype': 'AccessDeniedException' }),
      })
      .end(JSON.stringify(answer ?? { __type: 'AccessDeniedException', Message: 'User is not authorized' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  return { AWS_ENDPOINT_URL_LAMBDA: endpoint, AWS_ENDPOINT_URL_DYNAMODB: endpoint };
}

function ofLambda(account: AccountOfTest, { pathname, searchParams }: URL): unknown {
  const { limit = 1000, unreserved = limit - (account.reserved ?? 0), reserved } = account;
  if (pathname === '/2016-08-19/account-settings')
    return {
      AccountLimit: {
        TotalCodeSize: 80_530_636_800,
        CodeSizeUnzipped: 262_144_000,
        CodeSizeZipped: 52_428_800,
        ConcurrentExecutions: limit,
        UnreservedConcurrentExecutions: unreserved,
      },
      AccountUsage: { TotalCodeSize: 9_426_739, FunctionCount: 17 },
    };
  if (pathname === '/2019-09-30/functions/qingniao-test-wechat-events/concurrency')
    return reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved };
  if (pathname !== '/2015-03-31/event-source-mappings') return undefined;
  const name = searchParams.get('FunctionName')?.replace('qingniao-test-', '') ?? '';
  const found = { ...DEFAULTS, ...account.maximumConcurrency }[name];
  if (found === undefined) return undefined;
  return {
    EventSourceMappings: [
      { UUID: 'a1b2c3', BatchSize: 10, State: 'Enabled', ScalingConfig: { MaximumConcurrency: found } },
    ],
  };
}

function ofDynamoDb({ warmWrites = 4000, mostWrites }: AccountOfTest, target: string): unknown {
  if (target === 'DynamoDB_20120810.DescribeLimits')
    return {
      AccountMaxReadCapacityUnits: 80_000,
      AccountMaxWriteCapacityUnits: 80_000,
      TableMaxReadCapacityUnits: 40_000,
      TableMaxWriteCapacityUnits: 40_000,
    };
  if (target !== 'DynamoDB_20120810.DescribeTable') return undefined;
  return {
    Table: {
      TableName: 'table',
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      WarmThroughput: {
        ReadUnitsPerSecond: 3 * warmWrites,
        WriteUnitsPerSecond: warmWrites,
        Status: 'ACTIVE',
      },
      ...(mostWrites !== undefined && {
        OnDemandThroughput: { MaxReadRequestUnits: -1, MaxWriteRequestUnits: mostWrites },
      }),
    },
  };
}
