import { DatabaseSync } from 'node:sqlite';

/**
 * At each write the engine looks for the table's latest change, to count on from it, and reads all that it has kept where no index
 * helps. It never deletes one either. DynamoDB keeps changes for 24 hours; the latest stays here, or counting would begin anew.
 */
const ADDED = `
  CREATE INDEX IF NOT EXISTS changes_in_order ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
  DELETE FROM _stream_records
    WHERE created_at < unixepoch() - 86400 AND id NOT IN (SELECT MAX(id) FROM _stream_records GROUP BY table_name);
  CREATE TRIGGER IF NOT EXISTS changes_of_a_day AFTER INSERT ON _stream_records BEGIN
    DELETE FROM _stream_records WHERE created_at < NEW.created_at - 86400 AND id = (
      SELECT id FROM _stream_records WHERE table_name = NEW.table_name
      ORDER BY CAST(sequence_number AS INTEGER) LIMIT 1
    );
  END`;

/**
 * Adds to a database of dynoxide's what keeps its writes as quick as the first, however many changes its streams hold, and forgets
 * changes that are over a day old. Call it when the engine has opened the file and before anything is written.
 *
 * @throws Error of SQLite where the file is not what dynoxide 1.2 makes
 */
export function indexChanges(file: string): void {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  try {
    database.exec(ADDED);
  } finally {
    database.close();
  }
}
