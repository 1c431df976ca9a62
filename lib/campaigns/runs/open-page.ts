import { untilUncontended } from '../../contention.ts';
import type { Stored } from '../../stored.ts';
import type { PagePlace } from './page.ts';
import { createJournal, type JournalServices, LEASE_MS, type PageJournal } from './page-journal.ts';
import { difference, isNothing, type PageResults, tallyOf } from './results.ts';

/** What came of the wish to work on a page. */
export type Opening =
  | { readonly type: 'open'; readonly journal: PageJournal }
  | { readonly type: 'done' }
  /** Another worker has it. */
  | { readonly type: 'busy'; readonly untilMs: number };

/**
 * Takes a page, unless somebody else has it or nothing is left to do. `size` is the number of its recipients, `read` what its results were
 * not long ago.
 */
export function openJournal(
  services: JournalServices,
  place: PagePlace,
  size: number,
  read: Stored<PageResults>,
): Promise<Opening> {
  const { runs, clock } = services;
  let known: Stored<PageResults> | undefined = read;
  return untilUncontended(async () => {
    const stored = known ?? (await runs.loadResults(place));
    known = undefined;
    const { lease, doubtful, done } = stored.value;
    if (done)
      return (await countLate(services, place, stored)) === 'conflict' ? 'conflict' : { type: 'done' };
    if (lease && lease.untilMs > clock()) return { type: 'busy', untilMs: lease.untilMs };
    const workerId = services.newWorkerId();
    const taken: PageResults = {
      ...stored.value,
      lease: { workerId, untilMs: clock() + LEASE_MS },
      doubtful: doubtful || lease !== undefined,
    };
    const written = await runs.putResults(place, { value: taken, version: stored.version });
    if (written === 'conflict') return written;
    return { type: 'open', journal: createJournal(services, place, size, written, workerId) };
  }, services);
}

/** Adds to the run's counts what has come in since the page was done with: a late answer, WeChat's final word. */
async function countLate(
  { runs, clock }: JournalServices,
  place: PagePlace,
  { value, version }: Stored<PageResults>,
): Promise<'committed' | 'conflict'> {
  const counted = tallyOf(value);
  const by = difference(value.counted, counted);
  if (isNothing(by)) return 'committed';
  const change = { by, pageDone: false, atMs: clock() };
  const written = await runs.putResults(place, { value: { ...value, counted }, version }, change);
  return written === 'conflict' ? written : 'committed';
}
