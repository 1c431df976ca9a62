import type { Recipient } from '../campaigns/campaign.ts';
import type { BatchKey } from '../campaigns/runs/batch.ts';
import type { RecipientResult } from '../campaigns/runs/results.ts';
import type { RunRecord } from '../campaigns/runs/run.ts';
import type { Ledger } from '../grants/ledger.ts';
import type { Message } from '../messages/message.ts';

/** What every change has. */
interface RecordOf<Type extends string> {
  readonly type: Type;
  /** Names the write, the same each time that it is told of; no other has the same. */
  readonly id: string;
  /** When the table was changed, to the second. */
  readonly atMs: number;
}

/** Results of a run's batch by the recipients' places. */
type Results = ReadonlyMap<number, RecipientResult>;

/** Whom the results of a run's batch are about, and what they were sent. */
export interface SentBatch {
  readonly run: RunRecord;
  readonly recipients: readonly Recipient[];
}

/** Results of a run's batch that were written. */
export interface ResultsRecord extends RecordOf<'results'> {
  readonly key: BatchKey;
  readonly before: Results;
  readonly after: Results;
  /** Filled in before anything is drawn from the results. */
  readonly batch?: SentBatch;
}

/** Something that was stored, as it stood before and after; absent where it was not there. */
export type StreamRecord =
  | (RecordOf<'ledger'> & { readonly before?: Ledger; readonly after?: Ledger })
  | (RecordOf<'message'> & { readonly before?: Message; readonly after?: Message })
  | (RecordOf<'run'> & { readonly before?: RunRecord; readonly after?: RunRecord })
  | ResultsRecord;

/** The recipients who stand somewhere else than before, in the order of their places. */
export function movedResults({
  before,
  after,
}: Pick<ResultsRecord, 'before' | 'after'>): readonly (readonly [number, RecipientResult])[] {
  return [...after].filter(([index, { state }]) => state !== before.get(index)?.state);
}
