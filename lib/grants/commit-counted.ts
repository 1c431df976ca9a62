import type { Clock } from '../clock.ts';
import { updated, type Versioned } from '../versioned.ts';
import type { CountMark } from './deduplication-marks.ts';
import { newTemplateIds } from './grant-key.ts';
import type { GrantStore } from './grant-store.ts';
import type { Ledger } from './ledger.ts';

/** The grants of one user, where answers are counted. */
export type CountingStore = Pick<
  GrantStore,
  'loadLedger' | 'countedOf' | 'announce' | 'joinAudiences' | 'commitCounted'
>;

/** What an announcement is good for, so that many reports at once need not announce each. */
const ANNOUNCED_FOR_MS = 10_000;

/**
 * How long after its announcement a user may still be on the way into audiences: a function ends within a
 * minute.
 */
export const JOINING_MS = 90_000;

/**
 * Writes what a ledger counts now over the one that was read, and the user into the audience of each template that
 * is new to them. `conflict`: the ledger was changed in between.
 *
 * The ledger says first which audiences the user is about to join: after a crash it leads an erasure to them, and
 * while that is fresh an erasure waits. These are three single writes for four units of a transaction.
 */
export async function commitCounted(
  store: Pick<GrantStore, 'announce' | 'joinAudiences' | 'commitCounted'>,
  clock: Clock,
  read: Versioned<Ledger>,
  ledger: Ledger,
  marks: readonly CountMark[],
): Promise<'committed' | 'conflict'> {
  const added = newTemplateIds(read.value, ledger);
  if (added.length === 0) return store.commitCounted(updated(read, ledger), marks);
  const announced = isAnnounced(read.value, added, clock())
    ? read
    : await announce(store, clock(), read, added);
  if (announced === 'conflict') return announced;
  await store.joinAudiences(ledger.openid, added);
  const { life, joining } = announced.value;
  const others = joining?.templateIds.filter((templateId) => !added.includes(templateId)) ?? [];
  const { joining: _, ...rest } = ledger;
  const joined: Ledger = {
    ...rest,
    ...(life !== undefined && { life }),
    ...(joining && others.length > 0 && { joining: { ...joining, templateIds: others } }),
  };
  return store.commitCounted(updated(announced, joined), marks);
}

function isAnnounced({ joining }: Ledger, added: readonly string[], nowMs: number): boolean {
  if (!joining || joining.sinceMs < nowMs - ANNOUNCED_FOR_MS) return false;
  return added.every((templateId) => joining.templateIds.includes(templateId));
}

function announce(
  store: Pick<GrantStore, 'announce'>,
  sinceMs: number,
  read: Versioned<Ledger>,
  added: readonly string[],
): Promise<Versioned<Ledger> | 'conflict'> {
  const templateIds = [...new Set([...(read.value.joining?.templateIds ?? []), ...added])];
  return store.announce(updated(read, { ...read.value, joining: { templateIds, sinceMs } }));
}
