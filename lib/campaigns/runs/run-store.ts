import type { Ledger } from '../../grants/ledger.ts';
import type { Page } from '../../listing.ts';
import type { Versioned } from '../../versioned.ts';
import type { BatchKey, Planned, RunBatch } from './batch.ts';
import type { BatchResults, Tally } from './results.ts';
import type { RunRecord } from './run.ts';

/** What of one shard of a run has been done. */
export interface ShardTally extends Tally {
  /** Batches with nothing left to do. */
  readonly batchesDone: number;
  /** All there is in the shard; absent while it is being planned. */
  readonly planned?: Planned;
  /** How many recipients were done with lately, by the time slot they were counted in. */
  readonly recently: ReadonlyMap<number, number>;
}

/** What a write of results adds to the shard's tally, in the same step. */
export interface TallyChange {
  readonly by: Tally;
  /** Whether the batch has just been done with. */
  readonly batchDone: boolean;
  readonly atMs: number;
}

/** Where runs, their batches and what became of their recipients are kept. Every read sees the latest write. */
export interface RunStore {
  create(run: RunRecord): Promise<'created' | 'exists'>;
  load(campaignId: string, runId: string): Promise<Versioned<RunRecord> | undefined>;
  put(run: Versioned<RunRecord>): Promise<'committed' | 'conflict'>;
  /** Newest first. `after` is the id that the batch before ended with. */
  list(campaignId: string, limit: number, after?: string): Promise<Page<RunRecord>>;
  /** The shards that the recipients of every run are spread over. */
  readonly shards: readonly number[];
  shardOf(openid: string): number;
  createBatch(key: BatchKey, batch: RunBatch): Promise<'created' | 'exists'>;
  loadBatch(key: BatchKey): Promise<RunBatch | undefined>;
  /** The shard's last batch that begins before `openid`, or the last of all: where that user is, if they are in the run. */
  batchBefore(
    runId: string,
    shard: number,
    openid?: string,
  ): Promise<{ readonly key: BatchKey; readonly batch: RunBatch } | undefined>;
  /** What became of a batch's recipients; as yet unwritten for a batch that nobody has begun. */
  loadResults(key: BatchKey): Promise<Versioned<BatchResults>>;
  /** The results of the batch that holds this recipient, for one of whom a claim was opened. */
  resultsOf(
    runId: string,
    openid: string,
  ): Promise<{ readonly key: BatchKey; readonly results: Versioned<BatchResults> } | undefined>;
  /** Writes over what was read, and answers what then stands. */
  putResults(
    key: BatchKey,
    results: Versioned<BatchResults>,
    tally?: TallyChange,
  ): Promise<Versioned<BatchResults> | 'conflict'>;
  /** Writes a user's ledger, a batch's results and what they add to the shard's tally, all or nothing. */
  putWithLedger(
    ledger: Versioned<Ledger>,
    key: BatchKey,
    results: Versioned<BatchResults>,
    tally: TallyChange,
  ): Promise<'committed' | 'conflict'>;
  /** The tallies of all shards; one that nothing was added to yet is left out. */
  loadTallies(runId: string): Promise<ReadonlyMap<number, ShardTally>>;
  setPlanned(runId: string, shard: number, planned: Planned): Promise<void>;
}
