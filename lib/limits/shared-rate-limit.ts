import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Measure } from '../metrics.ts';
import { type Contention, retryOnConflict } from '../retry-on-conflict.ts';
import { updated, type Versioned } from '../versioned.ts';
import {
  type AppRateLimits,
  type RateLimit,
  type RateLimitScope,
  rateLimitOf,
  withRateLimit,
} from './rate-limit.ts';
import { logRateLimitChange } from './rate-limit-log.ts';

/** Where the rate limit of the appid is kept for all functions. */
export interface RateLimitStore {
  /** The rate limit as it stands after the latest write. */
  load(): Promise<Versioned<AppRateLimits>>;
  /** Writes over what was read, and answers what then stands; `conflict`: somebody else wrote first. */
  commit(rateLimit: Versioned<AppRateLimits>): Promise<Versioned<AppRateLimits> | 'conflict'>;
}

/** The rate limit that all functions share, as one container sees it. */
export interface SharedRateLimit<P extends RateLimit = RateLimit> {
  /** The rate limit, at most {@link CACHED_MS} old. */
  present(): Promise<P>;
  /** What was last read or written; undefined before that. */
  latest(): P | undefined;
  /** Writes what `change` makes of the rate limit, unless it leaves it as it is. Calls it again when somebody else wrote first. */
  change(change: (rateLimit: P) => P): Promise<void>;
}

/** The part of the shared rate limit that is about one scope. */
export function partOf(shared: SharedRateLimit<AppRateLimits>, scope: RateLimitScope): SharedRateLimit {
  return {
    present: async () => rateLimitOf(await shared.present(), scope),
    latest() {
      const latest = shared.latest();
      return latest && rateLimitOf(latest, scope);
    },
    change: (change) =>
      shared.change((rateLimit) => withRateLimit(rateLimit, scope, change(rateLimitOf(rateLimit, scope)))),
  };
}

/** After this long, a stop that another function made is known everywhere. */
const CACHED_MS = 1_000;

/** Keeps a copy of the rate limit for one container. */
export function shareRateLimit({
  store,
  clock,
  logger,
  measure,
  ...contention
}: Contention & {
  readonly store: RateLimitStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly measure?: Measure;
}): SharedRateLimit<AppRateLimits> {
  let copy: { readonly stored: Versioned<AppRateLimits>; readonly atMs: number } | undefined;
  let loading: Promise<Versioned<AppRateLimits>> | undefined;
  let contended = false;

  async function load(): Promise<Versioned<AppRateLimits>> {
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
      retryOnConflict(async () => {
        // While others write too, the copy would be out of date: a read costs less than a write that is refused.
        const before = copy && !contended ? copy.stored : await load();
        const after = change(before.value);
        if (after === before.value) return undefined;
        const atMs = clock();
        const written = await store.commit(updated(before, after));
        if (written === 'conflict') {
          contended = true;
          return written;
        }
        copy = { stored: written, atMs };
        logRateLimitChange({ logger, ...(measure && { measure }) }, before.value, after);
        return undefined;
      }, contention),
  };
}
