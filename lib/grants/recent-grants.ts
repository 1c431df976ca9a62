/**
 * When the latest grants of one template were given, by how we know of them, earliest first (epoch milliseconds).
 *
 * One tap is told twice: by the client's report and by WeChat's popup event. Neither names the other, and either may be
 * lost, so the two are matched by their times and counted once.
 */
export interface RecentGrants {
  /** Told by the client alone so far, at the moment the report came in. */
  readonly reported: readonly number[];
  /** Told by WeChat alone so far, at the moment of the tap, which WeChat knows to the second. */
  readonly tapped: readonly number[];
  /** Told by a report that names the template as answered without a popup, so that no event should follow. */
  readonly silent: readonly number[];
  /** Told by both. */
  readonly confirmed: readonly number[];
}

/** A tap's place among the recent grants, and whether it is a grant that was not known before. */
export interface Counted {
  readonly recent: RecentGrants;
  readonly isNew: boolean;
}

/** Nothing was granted lately. */
export const NONE_RECENT: RecentGrants = { reported: [], tapped: [], silent: [], confirmed: [] };

/** By so much may the clocks of WeChat and of this service differ. */
const CLOCK_SKEW_MS = 60_000;
/**
 * A silent report is doubted for so long. A client may have taken an "always keep" that was ticked this moment for an older
 * choice.
 */
const SILENCE_DOUBTED_MS = 10 * 60_000;
/** Report and event of one tap come no further apart than this; what is older waits no longer for its counterpart. */
const MATCHED_WITHIN_MS = 7 * 24 * 60 * 60_000;
/** More than a user taps for one template in that time; it bounds the size of the ledger. */
const KEPT_OF_EACH = 20;

/**
 * A report of an accept that came in at `atMs`. It confirms the latest tap before it that WeChat told of and no report did.
 * The report may have been under way for days, the tap cannot be later than it. A silent report confirms a recent tap only.
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
 * A tap that WeChat tells of. It confirms the earliest report since then that no event has confirmed, be it one that was
 * taken for silent and came soon after the tap.
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
