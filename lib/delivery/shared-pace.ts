import type { Clock } from '../clock.ts';
import { type Contention, untilUncontended } from '../contention.ts';
import type { Logger } from '../logger.ts';
import type { Measure } from '../metrics.ts';
import { changed, type Stored } from '../stored.ts';
import { type AppPace, type Pace, type PaceScope, paceOf, withPace } from './pace.ts';
import { logPaceChange } from './pace-log.ts';

/** Where the pace of the appid is kept for all functions. */
export interface PaceStore {
  /** The pace as it stands after the latest write. */
  load(): Promise<Stored<AppPace>>;
  /** Writes over what was read, and answers what then stands; `conflict`: somebody else wrote first. */
  commit(pace: Stored<AppPace>): Promise<Stored<AppPace> | 'conflict'>;
}

/** The pace that all functions share, as one container sees it. */
export interface SharedPace<P extends Pace = Pace> {
  /** The pace, at most {@link CACHED_MS} old. */
  present(): Promise<P>;
  /** What was last read or written; undefined before that. */
  latest(): P | undefined;
  /** Writes what `change` makes of the pace, unless it leaves it as it is. Calls it again when somebody else wrote first. */
  change(change: (pace: P) => P): Promise<void>;
}

/** The part of the shared pace that is about one scope. */
export function partOf(shared: SharedPace<AppPace>, scope: PaceScope): SharedPace {
  return {
    present: async () => paceOf(await shared.present(), scope),
    latest() {
      const latest = shared.latest();
      return latest && paceOf(latest, scope);
    },
    change: (change) => shared.change((pace) => withPace(pace, scope, change(paceOf(pace, scope)))),
  };
}

/** After this long, a stop that another function made is known everywhere. */
const CACHED_MS = 1_000;

/** Keeps a copy of the pace for one container. */
export function sharePace({
  store,
  clock,
  logger,
  measure,
  ...contention
}: Contention & {
  readonly store: PaceStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly measure?: Measure;
}): SharedPace<AppPace> {
  let copy: { readonly stored: Stored<AppPace>; readonly atMs: number } | undefined;
  let loading: Promise<Stored<AppPace>> | undefined;
  let contended = false;

  async function load(): Promise<Stored<AppPace>> {
    const atMs = clock();
    const stored = await store.load();
    contended = copy?.stored.version !== stored.version;
    copy = { stored, atMs };
    return stored;
  }

  return {
    async present() {
      if (copy && Math.abs(clock() - copy.atMs) < CACHED_MS) return copy.stored.value;
      loading ??= load().finally(() => {
        loading = undefined;
      });
      return (await loading).value;
    },

    latest: () => copy?.stored.value,

    change: (change) =>
      untilUncontended(async () => {
        // While others write too, the copy would be out of date: a read costs less than a write that is refused.
        const before = copy && !contended ? copy.stored : await load();
        const after = change(before.value);
        if (after === before.value) return undefined;
        const atMs = clock();
        const written = await store.commit(changed(before, after));
        if (written === 'conflict') {
          contended = true;
          return written;
        }
        copy = { stored: written, atMs };
        logPaceChange({ logger, ...(measure && { measure }) }, before.value, after);
        return undefined;
      }, contention),
  };
}
