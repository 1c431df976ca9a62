import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { TableChange } from '../lib/changes/table-change.ts';
import type { Logger } from '../lib/logger.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';
import { wirePublishing as wire } from '../lib/wiring/publishing.ts';

/** What this function needs. */
export interface PublishChangesServices {
  /** Undefined for a record that nobody is told of. Throws for one that cannot be read. */
  readonly read: (record: unknown) => TableChange | undefined;
  readonly take: (changes: readonly TableChange[]) => Promise<void>;
  readonly logger: Logger;
}

/**
 * Counts what was stored and tells the owner's event bus of it. A batch that fails comes again as a whole; a record that cannot be
 * read is logged and left out, because it would hold up all that is behind it.
 */
export function createHandler({ read, take, logger }: PublishChangesServices) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<void> => {
    const changes = Records.flatMap((record) => {
      try {
        return read(record) ?? [];
      } catch (error) {
        logger.error('A change of the table cannot be read and is left out of events and statistics.', {
          eventId: record.eventID,
          error,
        });
        return [];
      }
    });
    await take(changes);
  };
}

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);
