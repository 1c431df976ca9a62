import { createRateLimiter, type RateLimiter, type RateLimiterOptions } from '../../limits/rate-limiter.ts';
import type { RateLimitStore } from '../../limits/shared-rate-limit.ts';
import type { RunRecord } from './run.ts';

export interface RunRateLimiterOptions
  extends Omit<RateLimiterOptions, 'store' | 'maxPerSecond' | 'measure'> {
  /** Where all containers share the rate limit of this run. */
  readonly storeOf: (run: RunRecord) => RateLimitStore;
}

/** A container works on a few runs at a time. */
const MOST_LIMITERS = 50;

/** The rate limiters of runs that have a rate of their own, each made once. */
export function createRunRateLimiters(
  options: RunRateLimiterOptions,
): (run: RunRecord) => RateLimiter | undefined {
  const rateLimiters = new Map<string, RateLimiter>();
  return (run) => {
    const { maxPerSecond } = run.content;
    if (maxPerSecond === undefined) return undefined;
    const known = rateLimiters.get(run.id);
    if (known) return known;
    const rateLimiter = createRateLimiter({ ...options, store: options.storeOf(run), maxPerSecond });
    if (rateLimiters.size >= MOST_LIMITERS) rateLimiters.clear();
    rateLimiters.set(run.id, rateLimiter);
    return rateLimiter;
  };
}
