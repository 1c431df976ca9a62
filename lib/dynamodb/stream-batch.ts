import type { DynamoDBRecord } from 'aws-lambda';
import type { Logger } from '../logger.ts';
import type { PlacedRecord } from '../stream/count-changes.ts';
import type { StreamRecord } from '../stream/stream-record.ts';
import { appIdOfKey } from './keys.ts';

/** The records of each mini program, in their order. */
export function recordsByApp(records: readonly DynamoDBRecord[]): ReadonlyMap<string, DynamoDBRecord[]> {
  return Map.groupBy(records, (record) => appIdOfKey(record.dynamodb?.Keys?.['pk']?.S ?? ''));
}

/**
 * Reads what makes events or counts. A record that cannot be read is logged and left out, because it would hold
 * up all that is behind it.
 */
export function readRecords(
  records: readonly DynamoDBRecord[],
  read: (record: unknown) => StreamRecord | undefined,
  logger: Logger,
): readonly PlacedRecord[] {
  return records.flatMap((record) => {
    const sequenceNumber = record.dynamodb?.SequenceNumber ?? '';
    try {
      const known = read(record);
      return known ? [{ record: known, sequenceNumber }] : [];
    } catch (error) {
      logger.error('A change of the table cannot be read and is left out of events and statistics.', {
        sequenceNumber,
        error,
      });
      return [];
    }
  });
}
