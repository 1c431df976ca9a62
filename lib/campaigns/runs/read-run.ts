import type { Clock } from '../../clock.ts';
import type { Page } from '../../listing.ts';
import { isErased, type RunBatch } from './batch.ts';
import { showRun } from './progress.ts';
import { type BatchResults, NOT_BEGUN, type RecipientRecord } from './results.ts';
import type { Run, RunRecord } from './run.ts';
import type { RunStore } from './run-store.ts';

export interface ReadServices {
  readonly runs: RunStore;
  readonly clock: Clock;
}

/** A run with its progress, or undefined for one that the campaign does not have. */
export async function readRun(
  { runs, clock }: ReadServices,
  campaignId: string,
  runId: string,
): Promise<Run | undefined> {
  const stored = await runs.load(campaignId, runId);
  return stored && showRun(runs, stored.value, clock());
}

/** A campaign's runs, newest first. */
export async function listRuns(
  { runs, clock }: ReadServices,
  campaignId: string,
  limit: number,
  after?: string,
): Promise<Page<Run>> {
  const { items, next } = await runs.list(campaignId, limit, after);
  const shown = await Promise.all(items.map((run) => showRun(runs, run, clock())));
  return { items: shown, ...(next !== undefined && { next }) };
}

/** What became of one recipient of a run. There is no outcome of one whose turn has not come. */
export interface RecipientOutcome extends RecipientRecord {
  readonly openid: string;
}

/** What happened to this user in this run, by two reads; undefined for one who is not in it. */
export async function readRecipient(
  { runs }: Pick<ReadServices, 'runs'>,
  runId: string,
  openid: string,
): Promise<RecipientOutcome | undefined> {
  const found = await runs.batchBefore(runId, runs.shardOf(openid), openid);
  const index = found?.batch.recipients.findIndex((recipient) => recipient.openid === openid) ?? -1;
  if (!found || index < 0) return undefined;
  const { results } = (await runs.loadResults(found.key)).value;
  return { openid, ...(results.get(index) ?? NOT_BEGUN) };
}

/** What became of the recipients of a batch. Those who were erased are left out: they count, and that is all. */
export function outcomesOf(
  recipients: RunBatch['recipients'],
  results: BatchResults['results'],
): readonly RecipientOutcome[] {
  return recipients.flatMap((recipient, index) =>
    isErased(recipient) ? [] : [{ openid: recipient.openid, ...(results.get(index) ?? NOT_BEGUN) }],
  );
}

/** Every recipient of a run, batch by batch, for an export. */
export async function* recipientsOf(
  { runs }: Pick<ReadServices, 'runs'>,
  { id }: Pick<RunRecord, 'id'>,
): AsyncGenerator<readonly RecipientOutcome[]> {
  for (const shard of runs.shards) {
    let after: string | undefined = '';
    while (after !== undefined) {
      const key = { runId: id, shard, after };
      const batch = await runs.loadBatch(key);
      if (batch && batch.recipients.length > 0) {
        const { results } = (await runs.loadResults(key)).value;
        yield outcomesOf(batch.recipients, results);
      }
      after = batch?.next;
    }
  }
}
