import * as v from 'valibot';
import type { Clock } from '../../clock.ts';
import type { Page } from '../../paginate.ts';
import { count } from '../../stored-schemas.ts';
import { isErased, type RunBatch } from './batch.ts';
import { showRun } from './progress.ts';
import { type BatchResults, NOT_BEGUN, type RecipientRecord } from './results.ts';
import type { RunView } from './run.ts';
import { findInRun, type RunStore } from './run-store.ts';

interface ReadServices {
  readonly runs: RunStore;
  readonly clock: Clock;
}

/** A run with its progress; undefined for one that the campaign does not have. */
export async function readRun(
  { runs, clock }: ReadServices,
  campaignId: string,
  runId: string,
): Promise<RunView | undefined> {
  const stored = await runs.load(campaignId, runId);
  return stored && showRun(runs, stored.value, clock());
}

/** A campaign's runs with their progress, newest first. */
export async function listRuns(
  { runs, clock }: ReadServices,
  campaignId: string,
  limit: number,
  after?: string,
): Promise<Page<RunView>> {
  const { items, next } = await runs.list(campaignId, limit, after);
  const shown = await Promise.all(items.map((run) => showRun(runs, run, clock())));
  return { items: shown, ...(next !== undefined && { next }) };
}

/** What became of one recipient of a run. */
export interface RecipientOutcome extends RecipientRecord {
  readonly openid: string;
}

/** What became of this user in this run, by two reads; undefined for one who is not in it. */
export async function readRecipient(
  { runs }: Pick<ReadServices, 'runs'>,
  runId: string,
  openid: string,
): Promise<RecipientOutcome | undefined> {
  const found = await findInRun(runs, runId, openid);
  if (!found) return undefined;
  const { results } = (await runs.loadResults(found.key)).value;
  return { openid, ...(results.get(found.index) ?? NOT_BEGUN) };
}

/** Erased users are left out: they only count. */
function outcomesOf(
  recipients: RunBatch['recipients'],
  results: BatchResults['results'],
): readonly RecipientOutcome[] {
  return recipients.flatMap((recipient, index) =>
    isErased(recipient) ? [] : [{ openid: recipient.openid, ...(results.get(index) ?? NOT_BEGUN) }],
  );
}

/** Where a page of a run's recipients begins: in the batch at `after`, behind `passed` recipients. */
export const recipientCursor = v.strictObject({
  shard: count,
  after: v.pipe(v.string(), v.maxLength(256)),
  passed: count,
});

type RecipientCursor = Readonly<v.InferOutput<typeof recipientCursor>>;

/** A page of a run's recipients with their outcomes, in the order in which they are stored. */
export async function listRecipients(
  runs: Pick<RunStore, 'shards' | 'loadBatch' | 'loadResults'>,
  runId: string,
  limit: number,
  from: RecipientCursor = { shard: 0, after: '', passed: 0 },
): Promise<Omit<Page<RecipientOutcome>, 'next'> & { readonly next?: RecipientCursor }> {
  const items: RecipientOutcome[] = [];
  let cursor: RecipientCursor | undefined = from;
  while (cursor && cursor.shard < runs.shards.length) {
    if (items.length >= limit) return { items, next: cursor };
    const key = { runId, shard: cursor.shard, start: cursor.after };
    const batch = await runs.loadBatch(key);
    const results = batch && (await runs.loadResults(key));
    const outcomes = batch && results ? outcomesOf(batch.recipients, results.value.results) : [];
    const taken = outcomes.slice(cursor.passed, cursor.passed + limit - items.length);
    items.push(...taken);
    cursor = nextCursor(cursor, cursor.passed + taken.length, outcomes.length, batch?.next);
  }
  return { items };
}

function nextCursor(
  { shard, after }: RecipientCursor,
  passed: number,
  inBatch: number,
  next: string | undefined,
): RecipientCursor {
  if (passed < inBatch) return { shard, after, passed };
  return next === undefined ? { shard: shard + 1, after: '', passed: 0 } : { shard, after: next, passed: 0 };
}
