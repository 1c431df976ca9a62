import { createRateLimiter, type RateLimiter, type RateLimiterOptions } from '../../limits/rate-limiter.ts';
import type { RateLimitStore } from '../../limits/shared-rate-limit.ts';
import type { RunRecord } from './run.ts';

interface RunRateLimiterOptions extends Omit<RateLimiterOptions, 'store' | 'maxPerSecond' | 'measure'> {
  /** Where all containers share the rate limit of this run. */
  readonly storeOf: (run: RunRecord) => RateLimitStore;
}

/** A container works on a few runs at a time. */
const MAX_LIMITERS = 50;

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
    if (rateLimiters.size >= MAX_LIMITERS) rateLimiters.clear();
    rateLimiters.set(run.id, rateLimiter);
    return rateLimiter;
  };
}

/** Acquires a permit of the run's own rate limit, then its template's and then that of all sending. */
export function createPermits(
  rateLimiter: Pick<RateLimiter, 'acquire' | 'acquireFor'>,
  runRateLimiter: (run: RunRecord) => Pick<RateLimiter, 'acquire'> | undefined,
): (run: RunRecord) => ReturnType<RateLimiter['acquire']> {
  return async (run) => {
    const ofRun = await runRateLimiter(run)?.acquire();
    if (ofRun?.type === 'later') return ofRun;
    const ofTemplate = await rateLimiter.acquireFor(run.content.templateId);
    return ofTemplate.type === 'later' ? ofTemplate : rateLimiter.acquire();
  };
}
