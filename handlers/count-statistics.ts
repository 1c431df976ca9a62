import type { DynamoDBRecord } from 'aws-lambda';
import * as v from 'valibot';
import { createRunStore } from '../lib/dynamodb/dynamodb-run-store.ts';
import { createStatisticsWriter } from '../lib/dynamodb/dynamodb-statistics-writer.ts';
import { readRecords, readStreamRecord, recordsByApp } from '../lib/dynamodb/read-stream-record.ts';
import type { Logger } from '../lib/logger.ts';
import { appLogger, perApp } from '../lib/runtime/apps.ts';
import { openDynamoDb } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { type Environment, readSettings } from '../lib/settings/settings.ts';
import { countChanges, type PlacedRecord } from '../lib/stream/counts.ts';
import { createSentBatches } from '../lib/stream/sent-batches.ts';
import type { StreamRecord } from '../lib/stream/stream-record.ts';

export const handler = onColdStart(buildServices, createHandler);

/** It holds no secret. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table']);
  const runtime = createRuntime(overrides);
  const client = openDynamoDb(env);
  const servicesOf = perApp((appId) => {
    const base = { ...runtime, logger: appLogger(runtime.logger, appId) };
    const table = { client, name: settings.table.name, appId };
    const services = {
      logger: base.logger,
      batchOf: createSentBatches(createRunStore(table, base)),
      statistics: createStatisticsWriter(table, base),
    };
    return {
      read: (record: unknown) => readStreamRecord(table, record),
      count: (shard: string, records: readonly PlacedRecord[]) => countChanges(services, shard, records),
    };
  });
  return {
    logger: runtime.logger,
    servicesOf,
    close: closing(client),
  };
}

interface Services {
  /** What is done for one mini program. */
  readonly servicesOf: (appId: string) => {
    /** Undefined for a record that counts nothing. Throws for one that cannot be read. */
    readonly read: (record: unknown) => StreamRecord | undefined;
    readonly count: (shard: string, records: readonly PlacedRecord[]) => Promise<void>;
  };
  readonly logger: Logger;
}

/** Lambda names the shard only where the event source has a tumbling window. */
const batchSchema = v.object({
  eventSourceARN: v.string(),
  shardId: v.string(),
  Records: v.array(v.custom<DynamoDBRecord>((record) => typeof record === 'object' && record !== null)),
});

/**
 * Counts what was stored, for each mini program by itself. What fails is delivered again until it is counted.
 * Nothing is kept in the window's state, and its last call, which brings no records, does nothing.
 */
export function createHandler({ servicesOf, logger }: Services) {
  return async (event: unknown): Promise<{ readonly state: object }> => {
    const { eventSourceARN, shardId, Records } = v.parse(batchSchema, event);
    const shard = `${eventSourceARN} ${shardId}`;
    const counted = await Promise.allSettled(
      [...recordsByApp(Records)].map(async ([appId, records]) => {
        const { read, count } = servicesOf(appId);
        await count(shard, readRecords(records, read, logger));
      }),
    );
    // Thrown when all are done: Lambda stops whatever is under way once it has its answer.
    for (const one of counted) if (one.status === 'rejected') throw one.reason;
    // An answer without it counts as a failure.
    return { state: {} };
  };
}
