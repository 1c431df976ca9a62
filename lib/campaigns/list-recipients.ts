import type { Page } from '../listing.ts';
import { outcomesOf, type RecipientOutcome } from './runs/read-run.ts';
import type { RunStore } from './runs/run-store.ts';

/** A place among the recipients of a run: a page of a shard, and how many of that page came before. */
export interface RecipientPlace {
  readonly shard: number;
  readonly after: string;
  readonly passed: number;
}

/** The recipients of a run with what became of each, in the order in which they are kept; `next` tells where to go on. */
export async function listRecipients(
  runs: Pick<RunStore, 'shards' | 'loadPage' | 'loadResults'>,
  runId: string,
  limit: number,
  from: RecipientPlace = { shard: 0, after: '', passed: 0 },
): Promise<Omit<Page<RecipientOutcome>, 'next'> & { readonly next?: RecipientPlace }> {
  const items: RecipientOutcome[] = [];
  let place: RecipientPlace | undefined = from;
  while (place && place.shard < runs.shards.length) {
    if (items.length >= limit) return { items, next: place };
    const page = await runs.loadPage({ runId, shard: place.shard, after: place.after });
    const results = page && (await runs.loadResults({ runId, shard: place.shard, after: place.after }));
    const outcomes = page && results ? outcomesOf(page.recipients, results.value.results) : [];
    const taken = outcomes.slice(place.passed, place.passed + limit - items.length);
    items.push(...taken);
    place = nextPlace(place, place.passed + taken.length, outcomes.length, page?.next);
  }
  return { items };
}

function nextPlace(
  { shard, after }: RecipientPlace,
  passed: number,
  inPage: number,
  next: string | undefined,
): RecipientPlace {
  if (passed < inPage) return { shard, after, passed };
  return next === undefined ? { shard: shard + 1, after: '', passed: 0 } : { shard, after: next, passed: 0 };
}
