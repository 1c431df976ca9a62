import type { Clock, Random, Sleep } from '../clock.ts';
import {
  isProbing,
  isStopped,
  type Refusal,
  recovered,
  type SlowdownCause,
  slowedDown,
} from './rate-limit.ts';
import { type Reservation, rateOf, reserveSlots } from './reserve-slots.ts';
import type { SharedRateLimit } from './shared-rate-limit.ts';

/**
 * What an answer of WeChat's says about the rate limit: a cause to slow down, or `served`, which is any
 * answer about this one message.
 */
export type LimitSignal = Exclude<SlowdownCause, 'refused'> | 'passed' | RefusedSignal;

/** WeChat refuses with an errcode that is not about this one message or user. */
interface RefusedSignal {
  readonly type: 'refused';
  readonly scope: 'account' | 'template';
  readonly errcode: number;
  /** Where the errcode may be about the user all the same: several refusals to one user then count as one. */
  readonly user?: string;
}

/** `go`: the request may leave. `later`: the job comes back after `delayMs`. */
export type Permit =
  | { readonly type: 'go' }
  /** `refused`: because WeChat refuses every send, which may last. */
  | { readonly type: 'later'; readonly delayMs: number; readonly refused?: true };

/** Keeps what is sent within one scope to its rate limit: the whole appid, or one template. */
export interface ScopeRateLimiter {
  acquire(dueAtMs?: number): Promise<Permit>;
  /** Whether WeChat's latest answer was none of its refusals, and is not old. */
  hasPassedLately(): boolean;
  report(signal: LimitSignal, leftAtMs: number): Promise<void>;
}

interface ScopeRateLimiterOptions {
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
  readonly maxPerSecond?: number;
}

/** A job comes up no further ahead of its message's moment than this. */
const LONGEST_WAIT_MS = 2_000;
/** So many answers in a row, with none other in between, are no longer about one message. */
const IN_A_ROW = 3;
const BUSY = -1;
/** An answer says for so long how the next send will fare. */
const TRUSTED_MS = 60_000;

/** Limits one scope for one container, by its part of the shared rate limit. */
export function createScopeRateLimiter(
  options: ScopeRateLimiterOptions,
  shared: SharedRateLimit,
): ScopeRateLimiter {
  const { clock, sleep, maxPerSecond } = options;
  const reserveSlot = createReservations(options, shared);
  const streak = createStreak();
  let passedAtMs: number | undefined;

  async function acquire(dueAtMs = 0): Promise<Permit> {
    if (rateOf(await shared.present(), maxPerSecond) === undefined) return { type: 'go' };
    // Slots reserved ahead of the moment would all be used up at the moment.
    if (dueAtMs > clock() && dueAtMs <= clock() + LONGEST_WAIT_MS) await sleep(dueAtMs - clock());
    const slot = await reserveSlot();
    if (slot.type === 'wait') return later(Math.max(0, slot.untilMs - clock()));
    if (slot.atMs > clock()) await sleep(slot.atMs - clock());
    // A stop that was made while the message waited is for it too.
    return isStopped(await shared.present(), clock()) ? acquire() : { type: 'go' };
  }

  function later(delayMs: number): Permit {
    const isRefused = shared.latest()?.slowdown?.cause === 'refused';
    return { type: 'later', delayMs, ...(isRefused && { refused: true }) };
  }

  /** The refusal that slows everyone down, if this one does. A probe's refusal does by itself. */
  function refusalIn(signal: Exclude<LimitSignal, 'passed'>): Omit<Refusal, 'leftAtMs'> | undefined {
    if (signal === 'rate' || signal === 'quota') {
      streak.end();
      return { cause: signal };
    }
    const slowdown = shared.latest()?.slowdown;
    const isProbe = slowdown !== undefined && isProbing(slowdown);
    if (signal === 'busy') return streak.add(BUSY) || isProbe ? { cause: signal } : undefined;
    const { errcode, user } = signal;
    const isAgain = streak.add(errcode, user) || (isProbe && slowdown.cause === 'refused');
    return isAgain ? { cause: 'refused', errcode } : undefined;
  }

  return {
    acquire,

    hasPassedLately: () => passedAtMs !== undefined && clock() - passedAtMs < TRUSTED_MS,

    async report(signal, leftAtMs) {
      passedAtMs = signal === 'passed' ? clock() : undefined;
      if (signal === 'passed') {
        streak.end();
        if (shared.latest()?.slowdown)
          await shared.change((rateLimit) => recovered(rateLimit, leftAtMs, clock()));
        return;
      }
      const refusal = refusalIn(signal);
      if (!refusal) return;
      await shared.change((rateLimit) =>
        slowedDown(rateLimit, { ...refusal, leftAtMs }, clock(), options.random),
      );
    },
  };
}

/** Answers with the same errcode that follow one another. Of one named user only one counts. */
function createStreak() {
  let current: number | undefined;
  let users: (string | undefined)[] = [];
  return {
    /** Whether that makes {@link IN_A_ROW}. */
    add(errcode: number, user?: string): boolean {
      if (errcode !== current) users = [];
      current = errcode;
      if (user === undefined || !users.includes(user)) users = [...users, user].slice(-IN_A_ROW);
      return users.length === IN_A_ROW;
    },
    end(): void {
      users = [];
    },
  };
}

/** Reserves slots under the rate. All who ask while a write is under way share the next one. */
function createReservations(
  { clock, random, maxPerSecond }: ScopeRateLimiterOptions,
  shared: SharedRateLimit,
) {
  let asking: ((reservation: Promise<Reservation>) => void)[] = [];
  let reserving = Promise.resolve();

  async function reserveAll(): Promise<void> {
    const group = asking;
    asking = [];
    const limits = maxPerSecond === undefined ? {} : { maxPerSecond };
    let reservations: readonly Reservation[] = [];
    const reserved = shared.change((rateLimit) => {
      const result = reserveSlots(rateLimit, { ...limits, count: group.length, nowMs: clock(), random });
      reservations = result.reservations;
      return result.rateLimit;
    });
    for (const [index, resolve] of group.entries()) {
      resolve(reserved.then(() => reservations[index] ?? { type: 'wait', untilMs: clock() }));
    }
    await reserved.catch(() => undefined);
  }

  return (): Promise<Reservation> => {
    const { promise, resolve } = Promise.withResolvers<Reservation>();
    asking.push(resolve);
    if (asking.length === 1) reserving = reserving.then(reserveAll);
    return promise;
  };
}
