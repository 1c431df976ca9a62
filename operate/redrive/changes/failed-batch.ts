import * as v from 'valibot';

const failure = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    requestContext: v.object({ functionArn: v.string() }),
    DDBStreamBatchInfo: v.object({
      streamArn: v.string(),
      shardId: v.string(),
      startSequenceNumber: v.string(),
      endSequenceNumber: v.string(),
      batchSize: v.number(),
      approximateArrivalOfFirstRecord: v.string(),
    }),
  }),
);

/** Changes of a table that a function failed to take in: where they stand in the table's stream, both ends included. */
export interface FailedBatch {
  readonly functionArn: string;
  readonly streamArn: string;
  readonly shardId: string;
  readonly first: string;
  readonly last: string;
  readonly count: number;
  readonly since: string;
}

/** Reads what Lambda writes into the queue of a stream's failures; undefined for anything else. */
export function readFailedBatch(body: string): FailedBatch | undefined {
  const read = v.safeParse(failure, body);
  if (!read.success) return undefined;
  const { requestContext, DDBStreamBatchInfo: info } = read.output;
  return {
    functionArn: requestContext.functionArn,
    streamArn: info.streamArn,
    shardId: info.shardId,
    first: info.startSequenceNumber,
    last: info.endSequenceNumber,
    count: info.batchSize,
    since: info.approximateArrivalOfFirstRecord,
  };
}
