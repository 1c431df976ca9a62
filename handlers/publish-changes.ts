import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { createEventBus } from '../lib/bus/eventbridge-bus.ts';
import { createFactPublisher } from '../lib/bus/publish-facts.ts';
import type { Fact, FactName } from '../lib/changes/facts.ts';
import { publishPersistently } from '../lib/changes/publish-persistently.ts';
import { createSentPages } from '../lib/changes/sent-pages.ts';
import type { TableChange } from '../lib/changes/table-change.ts';
import { takeChanges } from '../lib/changes/take-changes.ts';
import type { Logger } from '../lib/logger.ts';
import { readSettings } from '../lib/settings.ts';
import { createRunStore } from '../lib/table/dynamodb-run-store.ts';
import { createStatisticsWriter } from '../lib/table/dynamodb-statistics-writer.ts';
import { readStreamRecord } from '../lib/table/stream-change.ts';
import { openBus, openTable } from '../lib/wiring/aws.ts';
import { type Environment, type Overrides, onColdStart } from '../lib/wiring/cold-start.ts';
import { foundation } from '../lib/wiring/foundation.ts';
import { openMetrics } from '../lib/wiring/metrics.ts';

/** The deployed function. */
export const handler = onColdStart(buildServices, createHandler);

/** What this function needs, once per cold start. It holds no secret. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table', 'publishing', 'metrics']);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const bus = openBus(env);
  const { busName, published } = settings.publishing;
  const publish = createFactPublisher(createEventBus(bus, busName));
  const services = {
    ...base,
    publish: (facts: readonly Fact[]) => publishPersistently(publish, facts, base),
    pageOf: createSentPages(createRunStore(table, { ...base, newVersion: base.newUuid })),
    isPublished: (name: FactName) => published.has(name),
    statistics: createStatisticsWriter(table, base),
    measure: openMetrics(settings, base, overrides),
  };
  return {
    logger: base.logger,
    read: (record: unknown) => readStreamRecord(table, record),
    take: (changes: readonly TableChange[]) => takeChanges(services, changes),
    async close() {
      table.client.destroy();
      bus.destroy();
    },
  };
}

interface Services {
  /** Undefined for a record that nobody is told of. Throws for one that cannot be read. */
  readonly read: (record: unknown) => TableChange | undefined;
  /** Answers the first of the changes that must come again. */
  readonly take: (changes: readonly TableChange[]) => Promise<TableChange | undefined>;
  readonly logger: Logger;
}

/**
 * Counts what was stored and tells the owner's event bus of it. A batch that fails comes again, from the first change
 * on that the bus did not take.
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
function readOne({ read, logger }: Services, record: DynamoDBRecord): TableChange | undefined {
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
