import type { Clock } from '../clock.ts';
import { updated, type Versioned } from '../versioned.ts';
import type { CountMark } from './deduplication-marks.ts';
import { newTemplateIds, templateIdsOf } from './grant-key.ts';
import type { GrantStore } from './grant-store.ts';
import type { Ledger } from './ledger.ts';

/** The grants of one user, where answers are counted. */
export type CountingStore = Pick<
  GrantStore,
  'loadLedger' | 'countedOf' | 'announce' | 'joinAudiences' | 'commitCounted'
>;

/**
 * How long after its announcement a user may still be on the way into audiences: a function ends within a
 * minute.
 */
export const JOINING_MS = 90_000;

/** Writes what a ledger counts now over the one that was read. `conflict`: it was changed in between. */
type CommitCounted = (
  read: Versioned<Ledger>,
  ledger: Ledger,
  marks: readonly CountMark[],
) => Promise<'committed' | 'conflict'>;

/**
 * Writes what one report or event counts, and the user into the audience of each template that is new to them. It
 * is made anew for each report, whose further tries know their own announcement again.
 *
 * The ledger says first which audiences the user is about to join: after a crash it leads an erasure to them, and
 * while that is fresh an erasure waits. These are three single writes for four units of a transaction.
 *
 * An announcement is taken back by its own report alone, once its places are written. Who finds that of another,
 * which may be under way still, writes all in one transaction and lets it stand.
 */
export function createCommitCounted(
  store: Pick<GrantStore, 'announce' | 'joinAudiences' | 'commitCounted'>,
  clock: Clock,
): CommitCounted {
  /** When this report announced what it has joined. Nobody else announces while that stands. */
  let joinedSinceMs: number | undefined;

  return async (read, ledger, marks) => {
    const added = newTemplateIds(read.value, ledger);
    const { joining: found } = read.value;
    if (found || added.length === 0) {
      const isOver = found && (found.sinceMs === joinedSinceMs || found.sinceMs + JOINING_MS <= clock());
      return store.commitCounted(updated(read, isOver ? withoutAnnouncement(ledger) : ledger), marks, added);
    }
    const joining = { templateIds: [...added], sinceMs: clock() };
    const announced = await store.announce(updated(read, { ...read.value, joining }));
    if (announced === 'conflict') return announced;
    if ((await store.joinAudiences(ledger.openid, added)) === 'conflict') return 'conflict';
    joinedSinceMs = joining.sinceMs;
    const { life } = announced.value;
    const joined = { ...ledger, ...(life !== undefined && { life }) };
    return store.commitCounted(updated(announced, joined), marks, []);
  };
}

/** The ledger without its announcement, where the grants name whatever audience the user got into. */
function withoutAnnouncement(ledger: Ledger): Ledger {
  const { joining, ...rest } = ledger;
  const named = templateIdsOf(ledger);
  return joining?.templateIds.every((templateId) => named.has(templateId)) ? rest : ledger;
}
