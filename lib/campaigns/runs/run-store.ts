import type { Ledger } from '../../grants/ledger.ts';
import type { Page } from '../../listing.ts';
import type { Stored } from '../../stored.ts';
import type { PagePlace, Planned, RunPage } from './page.ts';
import type { PageResults, Tally } from './results.ts';
import type { RunRecord } from './run.ts';

/** What of one shard of a run has been done. */
export interface ShardTally extends Tally {
  /** Pages with nothing left to do. */
  readonly pagesDone: number;
  /** All there is in the shard; absent while it is being planned. */
  readonly planned?: Planned;
  /** How many recipients were done with lately, by the time slot they were counted in. */
  readonly recently: ReadonlyMap<number, number>;
}

/** What a write of results adds to the shard's tally, in the same step. */
export interface TallyChange {
  readonly by: Tally;
  /** Whether the page has just been done with. */
  readonly pageDone: boolean;
  readonly atMs: number;
}

/** Where runs, their pages and what became of their recipients are kept. Every read sees the latest write. */
export interface RunStore {
  create(run: RunRecord): Promise<'created' | 'exists'>;
  load(campaignId: string, runId: string): Promise<Stored<RunRecord> | undefined>;
  put(run: Stored<RunRecord>): Promise<'committed' | 'conflict'>;
  /** Newest first. `after` is the id that the page before ended with. */
  list(campaignId: string, limit: number, after?: string): Promise<Page<RunRecord>>;
  /** The shards that the recipients of every run are spread over. */
  readonly shards: readonly number[];
  shardOf(openid: string): number;
  createPage(place: PagePlace, page: RunPage): Promise<'created' | 'exists'>;
  loadPage(place: PagePlace): Promise<RunPage | undefined>;
  /** The shard's last page that begins before `openid`, or the last of all: where that user is, if they are in the run. */
  pageBefore(
    runId: string,
    shard: number,
    openid?: string,
  ): Promise<{ readonly place: PagePlace; readonly page: RunPage } | undefined>;
  /** What became of a page's recipients; as yet unwritten for a page that nobody has begun. */
  loadResults(place: PagePlace): Promise<Stored<PageResults>>;
  /** The results of the page that holds this recipient, for one of whom a claim was opened. */
  resultsOf(
    runId: string,
    openid: string,
  ): Promise<{ readonly place: PagePlace; readonly results: Stored<PageResults> } | undefined>;
  /** Writes over what was read, and answers what then stands. */
  putResults(
    place: PagePlace,
    results: Stored<PageResults>,
    tally?: TallyChange,
  ): Promise<Stored<PageResults> | 'conflict'>;
  /** Writes a user's ledger, a page's results and what they add to the shard's tally, all or nothing. */
  putWithLedger(
    ledger: Stored<Ledger>,
    place: PagePlace,
    results: Stored<PageResults>,
    tally: TallyChange,
  ): Promise<'committed' | 'conflict'>;
  /** The tallies of all shards; one that nothing was added to yet is left out. */
  loadTallies(runId: string): Promise<ReadonlyMap<number, ShardTally>>;
  setPlanned(runId: string, shard: number, planned: Planned): Promise<void>;
}
