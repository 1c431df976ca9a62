import { DatabaseSync } from 'node:sqlite';

/** How many changes that are done with stay, so that they can be handed over once more. */
const KEPT = 10_000;
/** How long the engine's own writes are waited for. */
const PATIENCE_MS = 100;

/**
 * At each write the engine looks for the table's latest change, to count on from it, and reads all that it has kept where no index helps.
 */
const INDEX = `CREATE INDEX IF NOT EXISTS changes_in_order
  ON _stream_records (table_name, CAST(sequence_number AS INTEGER))`;

const FORGET = `DELETE FROM _stream_records
  WHERE table_name = ? AND CAST(sequence_number AS INTEGER) <= CAST(? AS INTEGER) - ?`;

/** The changes that a database of dynoxide's keeps. */
export interface KeptChanges {
  /** Lets go of a table's changes up to a number, but for the latest 10,000 of them. What is locked goes at the next call. */
  forget(tableName: string, upTo: string): void;
  close(): void;
}

/**
 * Opens the changes in a file that the engine has opened too, and gives them an index: writes stay as quick as the first, however many
 * changes there are.
 *
 * @throws Error of SQLite where the file is not what dynoxide 1.2 makes
 */
export function openKeptChanges(file: string, kept = KEPT): KeptChanges {
  const database = new DatabaseSync(file, { timeout: PATIENCE_MS });
  try {
    database.exec(INDEX);
    const forget = database.prepare(FORGET);
    return {
      forget(tableName, upTo) {
        try {
          forget.run(tableName, upTo, kept);
        } catch (error) {
          if (!isLocked(error)) throw error;
        }
      },
      close() {
        if (database.isOpen) database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLITE_BUSY, in which a code of more detail may hide. */
const isLocked = (error: unknown) =>
  error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === 5;
