import type { Recipient } from '../campaigns/campaign.ts';
import type { BatchKey } from '../campaigns/runs/batch.ts';
import type { RecipientResult } from '../campaigns/runs/results.ts';
import type { RunRecord } from '../campaigns/runs/run.ts';
import type { Ledger } from '../grants/ledger.ts';
import type { Message } from '../messages/message.ts';

interface RecordOf<Type extends string> {
  readonly type: Type;
  /** The id of the write, the same each time that the stream delivers it. */
  readonly id: string;
  /** When the table was written, to the second. */
  readonly atMs: number;
}

/** By the recipient's index in the batch. */
type Results = ReadonlyMap<number, RecipientResult>;

/** A batch's recipients and what its run sends them. */
export interface SentBatch {
  readonly run: RunRecord;
  readonly recipients: readonly Recipient[];
}

/** A write of a batch's results. */
export interface ResultsRecord extends RecordOf<'results'> {
  readonly key: BatchKey;
  readonly before: Results;
  readonly after: Results;
  /** Added by `withBatch`; absent where the batch or its run is gone. */
  readonly batch?: SentBatch;
}

/** A write of the table: the stored value before and after, each absent where there was none. */
export type StreamRecord =
  | (RecordOf<'ledger'> & { readonly before?: Ledger; readonly after?: Ledger })
  | (RecordOf<'message'> & { readonly before?: Message; readonly after?: Message })
  | (RecordOf<'run'> & { readonly before?: RunRecord; readonly after?: RunRecord })
  | ResultsRecord;

/** The results whose state the write changed, by the recipient's index. */
export function movedResults({
  before,
  after,
}: Pick<ResultsRecord, 'before' | 'after'>): readonly (readonly [number, RecipientResult])[] {
  return [...after].filter(([index, { state }]) => state !== before.get(index)?.state);
}
