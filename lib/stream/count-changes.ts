import { countsOf, type StatisticsWriter } from './counts.ts';
import { type BatchServices, withBatch } from './sent-batches.ts';
import type { StreamRecord } from './stream-record.ts';

export interface CountServices extends BatchServices {
  readonly statistics: StatisticsWriter;
}

/** A record with its place in its shard. */
export interface PlacedRecord {
  readonly record: StreamRecord;
  readonly sequenceNumber: string;
}

/** Counts what was stored. A record that is delivered again, in whatever company, is not counted again. */
export async function countChanges(
  services: CountServices,
  shard: string,
  placed: readonly PlacedRecord[],
): Promise<void> {
  const changes = await Promise.all(
    placed.map(async ({ record, sequenceNumber }) => ({
      id: record.id,
      atMs: record.atMs,
      sequenceNumber,
      counts: countsOf(await withBatch(services, record)),
    })),
  );
  await services.statistics.add(
    shard,
    changes.filter(({ counts }) => counts.length > 0),
  );
}
