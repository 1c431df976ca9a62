import type { BatchKey } from '../campaigns/runs/batch.ts';
import type { Logger } from '../logger.ts';
import type { Measure } from '../metrics.ts';
import { type DomainEvent, type DomainEventName, domainEventsOf } from './domain-events.ts';
import { measurementsOf } from './measure-records.ts';
import { partsOf, type StatisticsWriter } from './statistics-writer.ts';
import { movedResults, type SentBatch, type StreamRecord } from './stream-record.ts';

export interface StreamServices {
  /** Publishes domain events, at least once, and answers those that the bus did not take. */
  readonly publish: (events: readonly DomainEvent[]) => Promise<readonly DomainEvent[]>;
  readonly isPublished: (name: DomainEventName) => boolean;
  readonly statistics: StatisticsWriter;
  /** Whom the results of a run's batch are about; undefined where that is not kept any more. */
  readonly batchOf: (key: BatchKey) => Promise<SentBatch | undefined>;
  readonly measure: Measure;
  readonly logger: Logger;
}

/**
 * Takes in what was stored: counts it, and tells the owner. A change that comes again, in whatever company, is not counted again, and
 * is published under the same ids.
 *
 * @returns the first change that must come again because the bus did not take it, undefined when all is done
 */
export async function processStream(
  services: StreamServices,
  records: readonly StreamRecord[],
): Promise<StreamRecord | undefined> {
  const known = await Promise.all(records.map((record) => withBatch(services, record)));
  await services.statistics.add(partsOf(known));
  const events = known.map((record) =>
    domainEventsOf(record).filter(({ name }) => services.isPublished(name)),
  );
  const refused = new Set(await services.publish(events.flat()));
  const first = events.findIndex((ofRecord) => ofRecord.some((event) => refused.has(event)));
  // What comes again is measured then.
  measurementsOf(first < 0 ? known : known.slice(0, first)).forEach(services.measure);
  return known[first];
}

async function withBatch({ batchOf, logger }: StreamServices, record: StreamRecord): Promise<StreamRecord> {
  if (record.type !== 'results' || movedResults(record).length === 0) return record;
  const batch = await batchOf(record.key);
  if (batch) return { ...record, batch };
  logger.warn('Results of a page that is gone are left out of events and statistics.', {
    runId: record.key.runId,
  });
  return record;
}
