import { createRateLimiter, type RateLimiter, type RateLimiterOptions } from '../../limits/rate-limiter.ts';
import type { RateLimitStore } from '../../limits/shared-rate-limit.ts';
import { momentOf, wallClockAt } from '../../time-zone.ts';
import type { QuietHours } from '../campaign.ts';
import type { RunRecord } from './run.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The end of the quiet hours that hold the run back; undefined when it may send. A dry run has none. */
export function runQuietUntilMs(
  { dryRun, content }: Pick<RunRecord, 'dryRun' | 'content'>,
  nowMs: number,
): number | undefined {
  return dryRun || !content.quietHours ? undefined : quietUntilMs(content.quietHours, nowMs);
}

/** The end of the quiet hours that hold now; undefined outside of them. */
export function quietUntilMs({ from, to, timezone }: QuietHours, nowMs: number): number | undefined {
  const wallMs = wallClockAt(nowMs, timezone);
  const timeMs = ((wallMs % DAY_MS) + DAY_MS) % DAY_MS;
  const [fromMs, toMs] = [timeOfDayMs(from), timeOfDayMs(to)];
  const isQuiet = fromMs <= toMs ? timeMs >= fromMs && timeMs < toMs : timeMs >= fromMs || timeMs < toMs;
  if (!isQuiet) return undefined;
  const endsToday = timeMs < toMs;
  const endWallMs = wallMs - timeMs + toMs + (endsToday ? 0 : DAY_MS);
  // Where clocks leap over the end, the hour behind it is the first that is not quiet.
  return momentOf(endWallMs, timezone) ?? momentOf(endWallMs + HOUR_MS, timezone) ?? nowMs + HOUR_MS;
}

function timeOfDayMs(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * HOUR_MS + minutes * MINUTE_MS;
}

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
