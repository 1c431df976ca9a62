import type { Page } from '../listing.ts';
import { outcomesOf, type RecipientOutcome } from './runs/read-run.ts';
import type { RunStore } from './runs/run-store.ts';

/** A place among the recipients of a run: a batch of a shard, and how many of that batch came before. */
export interface RecipientCursor {
  readonly shard: number;
  readonly after: string;
  readonly passed: number;
}

/** The recipients of a run with what became of each, in the order in which they are kept; `next` tells where to go on. */
export async function listRecipients(
  runs: Pick<RunStore, 'shards' | 'loadBatch' | 'loadResults'>,
  runId: string,
  limit: number,
  from: RecipientCursor = { shard: 0, after: '', passed: 0 },
): Promise<Omit<Page<RecipientOutcome>, 'next'> & { readonly next?: RecipientCursor }> {
  const items: RecipientOutcome[] = [];
  let key: RecipientCursor | undefined = from;
  while (key && key.shard < runs.shards.length) {
    if (items.length >= limit) return { items, next: key };
    const batch = await runs.loadBatch({ runId, shard: key.shard, after: key.after });
    const results = batch && (await runs.loadResults({ runId, shard: key.shard, after: key.after }));
    const outcomes = batch && results ? outcomesOf(batch.recipients, results.value.results) : [];
    const taken = outcomes.slice(key.passed, key.passed + limit - items.length);
    items.push(...taken);
    key = nextCursor(key, key.passed + taken.length, outcomes.length, batch?.next);
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
