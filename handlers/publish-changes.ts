import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { TableChange } from '../lib/changes/table-change.ts';
import type { Logger } from '../lib/logger.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';
import { wirePublishing as wire } from '../lib/wiring/publishing.ts';

/** What this function needs. */
export interface PublishChangesServices {
  /** Undefined for a record that nobody is told of. Throws for one that cannot be read. */
  readonly read: (record: unknown) => TableChange | undefined;
  /** Answers the first of the changes that must come again. */
  readonly take: (changes: readonly TableChange[]) => Promise<TableChange | undefined>;
  readonly logger: Logger;
}

/**
 * Counts what was stored and tells the owner's event bus of it. A batch that fails comes again, from the first change on that the bus
 * did not take; a record that cannot be read is logged and left out, because it would hold up all that is behind it.
 */
export function createHandler(services: PublishChangesServices) {
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

function readOne({ read, logger }: PublishChangesServices, record: DynamoDBRecord): TableChange | undefined {
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

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);
