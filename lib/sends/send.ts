import type { Ledger } from '../grants/ledger.ts';
import type { Outcome } from '../messages/message.ts';
import { type Contention, retryOnConflict } from '../retry-on-conflict.ts';
import type { Versioned } from '../versioned.ts';
import type { SendRecord } from './send-record.ts';

/** Makes one record of another, with the outcome that it now has; undefined leaves it as it is. */
export type RecordChange = <R extends SendRecord>(
  record: R,
) => (R & { readonly outcome: Outcome }) | undefined;

/** One send, whatever it is of: a message, or a recipient of a run. Looked up by the id that its claims carry, after the ledger. */
export interface Send {
  readonly id: string;
  /** As it stood when it was looked up; undefined where nothing is kept of it any more. */
  readonly record: SendRecord | undefined;
  /**
   * Writes over the very record that was looked up, and the ledger in the same step. `conflict`: somebody else wrote first, and nothing
   * was written.
   */
  write(change: RecordChange, ledger?: Versioned<Ledger>): Promise<'committed' | 'unchanged' | 'conflict'>;
}

/** Writes what `change` makes of a send's record, over whatever others write meanwhile. */
export function updateSend(
  find: () => Promise<Send | undefined>,
  change: RecordChange,
  contention: Contention,
): Promise<'committed' | 'unchanged'> {
  return retryOnConflict(async () => (await find())?.write(change) ?? 'unchanged', contention);
}
