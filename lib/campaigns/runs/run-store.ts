import type { Ledger } from '../../grants/ledger.ts';
import type { Page } from '../../paginate.ts';
import type { Versioned } from '../../versioned.ts';
import type { BatchKey, Planned, RunBatch } from './batch.ts';
import type { BatchResults, Tally } from './results.ts';
import type { RunRecord } from './run.ts';

/** How far one shard of a run has come. */
export interface ShardTally extends Tally {
  /** Batches with nothing left to do. */
  readonly batchesDone: number;
  /** The size of the shard; absent while it is being planned. */
  readonly planned?: Planned;
  /** How many recipients were done with lately, by the time slot they were counted in. */
  readonly recently: ReadonlyMap<number, number>;
}

/** What a write of results adds to the shard's tally, in the same step. */
export interface TallyChange {
  readonly by: Tally;
  /** Whether the write ends the work on the batch. */
  readonly batchDone: boolean;
  readonly atMs: number;
}

/** Where runs, their batches and the results are kept. Every read sees the latest write. */
export interface RunStore {
  create(run: RunRecord): Promise<'created' | 'exists'>;
  load(campaignId: string, runId: string): Promise<Versioned<RunRecord> | undefined>;
  put(run: Versioned<RunRecord>): Promise<'committed' | 'conflict'>;
  /** Newest first. `after` is the id that the page before ended with. */
  list(campaignId: string, limit: number, after?: string): Promise<Page<RunRecord>>;
  /** The shards that the recipients of every run are spread over. */
  readonly shards: readonly number[];
  shardOf(openid: string): number;
  createBatch(key: BatchKey, batch: RunBatch): Promise<'created' | 'exists'>;
  loadBatch(key: BatchKey): Promise<RunBatch | undefined>;
  /** The shard's last batch that begins before `openid`, or the last of all. */
  batchBefore(
    runId: string,
    shard: number,
    openid?: string,
  ): Promise<{ readonly key: BatchKey; readonly batch: RunBatch } | undefined>;
  /** The results of a batch; empty for one that nobody has begun. */
  loadResults(key: BatchKey): Promise<Versioned<BatchResults>>;
  /** The results of the batch that holds this recipient, for one of whom a claim was opened. */
  resultsOf(
    runId: string,
    openid: string,
  ): Promise<{ readonly key: BatchKey; readonly results: Versioned<BatchResults> } | undefined>;
  /** Writes over the version that was read, and answers what is stored then. */
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
  /** The tallies by shard; one that nothing was added to yet is left out. */
  loadTallies(runId: string): Promise<ReadonlyMap<number, ShardTally>>;
  setPlanned(runId: string, shard: number, planned: Planned): Promise<void>;
}

/** The batch that holds this user, and their index there; undefined for one who is not in the run. */
export async function findInRun(
  runs: Pick<RunStore, 'shardOf' | 'batchBefore'>,
  runId: string,
  openid: string,
): Promise<{ readonly key: BatchKey; readonly index: number } | undefined> {
  const found = await runs.batchBefore(runId, runs.shardOf(openid), openid);
  const index = found?.batch.recipients.findIndex((recipient) => recipient.openid === openid) ?? -1;
  return found && index >= 0 ? { key: found.key, index } : undefined;
}
