import {
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  type _Record as StreamRecord,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { asLambdaHasIt, type LambdaRecord } from '../../lambda-record.ts';
import type { FailedBatch } from './failed-batch.ts';

/** Answers without a record, of which a shard may give several in a row. */
const MOST_EMPTY_ANSWERS = 50;

/**
 * Reads the changes of a failed batch again; undefined once the stream, which keeps them for a day, has let go of the first of them.
 */
export async function readAgain(
  streams: DynamoDBStreamsClient,
  batch: FailedBatch,
): Promise<readonly LambdaRecord[] | undefined> {
  try {
    const found = await recordsOf(streams, batch);
    return found.length > 0 ? found.map(asLambdaHasIt) : undefined;
  } catch (error) {
    if (error instanceof TrimmedDataAccessException || error instanceof ResourceNotFoundException)
      return undefined;
    throw error;
  }
}

async function recordsOf(
  streams: DynamoDBStreamsClient,
  { streamArn, shardId, first, last }: FailedBatch,
): Promise<readonly StreamRecord[]> {
  const at = { StreamArn: streamArn, ShardId: shardId, SequenceNumber: first };
  const begun = await streams.send(
    new GetShardIteratorCommand({ ...at, ShardIteratorType: 'AT_SEQUENCE_NUMBER' }),
  );
  const found: StreamRecord[] = [];
  let iterator = begun.ShardIterator;
  for (let empty = 0; iterator !== undefined && empty < MOST_EMPTY_ANSWERS; ) {
    const { Records = [], NextShardIterator } = await streams.send(
      new GetRecordsCommand({ ShardIterator: iterator }),
    );
    const wanted = Records.filter((record) => numberOf(record) <= BigInt(last));
    found.push(...wanted);
    if (wanted.length < Records.length || found.some((record) => numberOf(record) === BigInt(last))) break;
    if (Records.length === 0) empty += 1;
    iterator = NextShardIterator;
  }
  return found;
}

function numberOf({ dynamodb }: StreamRecord): bigint {
  return BigInt(dynamodb?.SequenceNumber ?? '0');
}
