import { DescribeLimitsCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { stageParams } from '../stage-params.ts';
import type { Concurrency } from './judge-concurrency.ts';
import type { TableQuotas } from './judge-table.ts';
import { QUEUE_PARAMS, type QueueConcurrency } from './queue-concurrency.ts';

const accountLimit = v.object({
  ConcurrentExecutions: v.number(),
  UnreservedConcurrentExecutions: v.number(),
});
const inYml = v.object({
  senderConcurrency: v.number(),
  campaignConcurrency: v.number(),
  eventConcurrency: v.number(),
} satisfies Record<keyof typeof QUEUE_PARAMS, unknown>);

/** What Lambda comes to where a queue has no maximum: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const UNLIMITED = 1000;

/** What Lambda runs at once of the account, and of the stage: as deployed, else as serverless.yml has it. @throws what AWS answers */
export async function readConcurrency(
  region: string,
  stage: string,
  { isDeployed }: { isDeployed: boolean },
): Promise<Concurrency> {
  const lambda = new LambdaClient({ region });
  try {
    const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
    const account = v.parse(accountLimit, AccountLimit);
    return {
      region,
      limit: account.ConcurrentExecutions,
      unreserved: account.UnreservedConcurrentExecutions,
      ...(isDeployed
        ? await deployedConcurrency(lambda, stage)
        : { queues: v.parse(inYml, await stageParams(stage)), reserved: undefined }),
    };
  } finally {
    lambda.destroy();
  }
}

async function deployedConcurrency(
  lambda: LambdaClient,
  stage: string,
): Promise<Pick<Concurrency, 'queues' | 'reserved'>> {
  const nameOf = (name: string) => `qingniao-${stage}-${name}`;
  const batchesOf = async (name: string) => {
    const { EventSourceMappings = [] } = await lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName: nameOf(name) }),
    );
    return EventSourceMappings.reduce(
      (sum, { ScalingConfig }) => sum + (ScalingConfig?.MaximumConcurrency ?? UNLIMITED),
      0,
    );
  };
  const [senderConcurrency, campaignConcurrency, eventConcurrency, { ReservedConcurrentExecutions }] =
    await Promise.all([
      batchesOf(QUEUE_PARAMS.senderConcurrency),
      batchesOf(QUEUE_PARAMS.campaignConcurrency),
      batchesOf(QUEUE_PARAMS.eventConcurrency),
      lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: nameOf('wechat-events') })),
    ]);
  const queues: QueueConcurrency = { senderConcurrency, campaignConcurrency, eventConcurrency };
  return { queues, reserved: ReservedConcurrentExecutions };
}

/** What DynamoDB takes of the stage's table. @throws what AWS answers */
export async function readTableQuotas(region: string, TableName: string): Promise<TableQuotas> {
  const dynamodb = new DynamoDBClient({ region });
  try {
    const [{ Table }, { TableMaxWriteCapacityUnits }] = await Promise.all([
      dynamodb.send(new DescribeTableCommand({ TableName })),
      dynamodb.send(new DescribeLimitsCommand({})),
    ]);
    const most = Table?.OnDemandThroughput?.MaxWriteRequestUnits;
    return {
      region,
      warmWrites: Table?.WarmThroughput?.WriteUnitsPerSecond,
      warmReads: Table?.WarmThroughput?.ReadUnitsPerSecond,
      // -1 says that there is none.
      mostWrites: most !== undefined && most > 0 ? most : undefined,
      quotaWrites: TableMaxWriteCapacityUnits,
    };
  } finally {
    dynamodb.destroy();
  }
}
