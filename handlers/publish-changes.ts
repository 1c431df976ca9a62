import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { createRunStore } from '../lib/dynamodb/dynamodb-run-store.ts';
import { createStatisticsWriter } from '../lib/dynamodb/dynamodb-statistics.ts';
import { readStreamRecord } from '../lib/dynamodb/read-stream-record.ts';
import { createEventPublisher } from '../lib/eventbridge/event-details.ts';
import { createEventBus } from '../lib/eventbridge/eventbridge-bus.ts';
import type { Logger } from '../lib/logger.ts';
import { openBus, openTable } from '../lib/runtime/aws.ts';
import { openMetrics } from '../lib/runtime/emf-metrics.ts';
import { createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { type Environment, readSettings } from '../lib/settings/settings.ts';
import type { DomainEvent, DomainEventName } from '../lib/stream/domain-events.ts';
import { createSentBatches, processStream, publishWithRetry } from '../lib/stream/process-stream.ts';
import type { StreamRecord } from '../lib/stream/stream-record.ts';

export const handler = onColdStart(buildServices, createHandler);

/** It holds no secret. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table', 'publishing', 'metrics']);
  const base = createRuntime(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const bus = openBus(env);
  const { busName, published } = settings.publishing;
  const publish = createEventPublisher(createEventBus(bus, busName));
  const services = {
    ...base,
    publish: (events: readonly DomainEvent[]) => publishWithRetry(publish, events, base),
    batchOf: createSentBatches(createRunStore(table, { ...base, newVersion: base.newUuid })),
    isPublished: (name: DomainEventName) => published.has(name),
    statistics: createStatisticsWriter(table, base),
    measure: openMetrics(settings, base, overrides),
  };
  return {
    logger: base.logger,
    read: (record: unknown) => readStreamRecord(table, record),
    take: (records: readonly StreamRecord[]) => processStream(services, records),
    async close() {
      table.client.destroy();
      bus.destroy();
    },
  };
}

interface Services {
  /** Undefined for a record that makes no event. Throws for one that cannot be read. */
  readonly read: (record: unknown) => StreamRecord | undefined;
  /** Answers the first of the changes that must come again. */
  readonly take: (changes: readonly StreamRecord[]) => Promise<StreamRecord | undefined>;
  readonly logger: Logger;
}

/**
 * Counts what was stored and publishes it on the owner's bus. Lambda delivers a failed batch again, from the
 * first change on that the bus did not take.
 */
export function createHandler(services: Services) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const readable = Records.flatMap((record) => {
      const change = readOne(services, record);
      return change ? [{ change, sequenceNumber: record.dynamodb?.SequenceNumber ?? '' }] : [];
    });
    const again = await services.take(readable.map(({ change }) => change));
    const failed = readable.find(({ change }) => change.id === again?.id);
    if (!failed) return { batchItemFailures: [] };
    services.logger.error('The event bus does not take what has changed, which comes again.');
    return { batchItemFailures: [{ itemIdentifier: failed.sequenceNumber }] };
  };
}

/** A record that cannot be read is logged and left out, because it would hold up all that is behind it. */
function readOne({ read, logger }: Services, record: DynamoDBRecord): StreamRecord | undefined {
  try {
    return read(record);
  } catch (error) {
    logger.error('A change of the table cannot be read and is left out of events and statistics.', {
      sequenceNumber: record.dynamodb?.SequenceNumber,
      error,
    });
    return undefined;
  }
}
