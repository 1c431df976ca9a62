import type * as v from 'valibot';
import { instants, storedObject } from '../stored-schemas.ts';

/**
 * When the latest grants of one template were given, by how they are known, earliest first.
 *
 * One tap is reported twice: by the client and by WeChat's popup event. Neither names the other, and either
 * may be lost, so the two are matched by their times and counted once.
 */
export const recentGrants = storedObject({
  /** Reported by the client alone so far; the moment when the report came in. */
  reported: instants,
  /** Reported by WeChat alone so far; the moment of the tap, which WeChat knows to the second. */
  tapped: instants,
  /** Reported by the client as answered without a popup, so that no event should follow. */
  silent: instants,
  /** Reported by both. */
  confirmed: instants,
});

/** The grants of {@link recentGrants}. */
export type RecentGrants = Readonly<v.InferOutput<typeof recentGrants>>;

/** The recent grants with one tap counted, and whether it is a grant that was not known before. */
export interface Counted {
  readonly recent: RecentGrants;
  readonly isNew: boolean;
}

/** No recent grant. */
export const NONE_RECENT: RecentGrants = { reported: [], tapped: [], silent: [], confirmed: [] };

/** How far the clocks of WeChat and of this service may differ. */
const CLOCK_SKEW_MS = 60_000;
/**
 * A client may take an "always keep" that was ticked a moment ago for an older choice, and report it as
 * silent.
 */
const SILENCE_DOUBTED_MS = 10 * 60_000;
/** Report and event of one tap come no further apart than this. */
const MATCHED_WITHIN_MS = 7 * 24 * 60 * 60_000;
/** More than a user taps for one template in that time. It bounds the size of the ledger. */
const KEPT_OF_EACH = 20;

/**
 * Counts a client's report of an accept, which came in at `atMs`. It confirms the latest earlier tap that
 * only WeChat reported. It may have been under way for days. A silent report confirms a recent tap only.
 */
export function countReport(recent: RecentGrants, atMs: number, options: { silent: boolean }): Counted {
  const sinceMs = options.silent ? atMs - SILENCE_DOUBTED_MS : -Infinity;
  const tap = recent.tapped.findLast(
    (tappedAtMs) => tappedAtMs >= sinceMs && tappedAtMs <= atMs + CLOCK_SKEW_MS,
  );
  if (tap !== undefined) return { isNew: false, recent: confirmed(recent, 'tapped', tap, tap) };
  const list = options.silent ? 'silent' : 'reported';
  return { isNew: true, recent: kept({ ...recent, [list]: [...recent[list], atMs] }) };
}

/**
 * Counts a tap that WeChat reports. It confirms the earliest report since then that no event has confirmed,
 * a silent one only where it came soon after the tap.
 */
export function countTap(recent: RecentGrants, atMs: number): Counted {
  const isLater = (reportedAtMs: number) => reportedAtMs >= atMs - CLOCK_SKEW_MS;
  const report = recent.reported.find(isLater) ?? Infinity;
  const silent = recent.silent.find(isLater) ?? Infinity;
  if (silent < report && silent <= atMs + SILENCE_DOUBTED_MS) {
    return { isNew: false, recent: confirmed(recent, 'silent', silent, atMs) };
  }
  if (report < Infinity) return { isNew: false, recent: confirmed(recent, 'reported', report, atMs) };
  return { isNew: true, recent: kept({ ...recent, tapped: [...recent.tapped, atMs] }) };
}

/** How many of the recent grants were given after `atMs`. */
export function grantedAfter(
  { reported, tapped, silent, confirmed: both }: RecentGrants,
  atMs: number,
): number {
  return [...reported, ...tapped, ...silent, ...both].filter((grantedAtMs) => grantedAtMs > atMs).length;
}

function confirmed(
  recent: RecentGrants,
  from: 'reported' | 'tapped' | 'silent',
  entry: number,
  atMs: number,
): RecentGrants {
  const waiting = recent[from].toSpliced(recent[from].indexOf(entry), 1);
  return kept({ ...recent, [from]: waiting, confirmed: [...recent.confirmed, atMs] });
}

/** In order of time and without what is too old to matter, so that the order of arrival leaves no trace. */
function kept({ reported, tapped, silent, confirmed: both }: RecentGrants): RecentGrants {
  const newestMs = Math.max(...reported, ...tapped, ...silent, ...both);
  const latest = (list: readonly number[]) =>
    list
      .filter((atMs) => atMs > newestMs - MATCHED_WITHIN_MS)
      .toSorted((one, other) => one - other)
      .slice(-KEPT_OF_EACH);
  return {
    reported: latest(reported),
    tapped: latest(tapped),
    silent: latest(silent),
    confirmed: latest(both),
  };
}
