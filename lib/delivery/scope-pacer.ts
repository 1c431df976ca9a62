import type { Clock, Random, Sleep } from '../clock.ts';
import { type Admission, admit, rateOf } from './admit.ts';
import { isProbing, isStopped, type Refusal, recovered, slowedDown } from './pace.ts';
import type { PaceSignal, PaceTurn } from './pacer.ts';
import type { SharedPace } from './shared-pace.ts';

/** Keeps what is sent within one scope to its pace: the whole appid, or one template. */
export interface ScopePacer {
  turn(dueAtMs?: number): Promise<PaceTurn>;
  /** Whether WeChat's latest answer was none of its refusals, and is not old. */
  isServed(): boolean;
  report(signal: PaceSignal, leftAtMs: number): Promise<void>;
}

/** What pacing one scope needs from outside. */
export interface ScopePacerOptions {
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
  readonly maxPerSecond?: number;
}

/** A note comes up no further ahead of its message's moment than this. */
const LONGEST_WAIT_MS = 2_000;
/** What one message may meet by itself is for everyone when one container sees it so many times without another answer in between. */
const IN_A_ROW = 3;
const BUSY = -1;
/** An answer says for so long how the next send will fare. */
const TRUSTED_MS = 60_000;

/** Paces one scope for one container, by its part of the shared pace. */
export function createScopePacer(options: ScopePacerOptions, shared: SharedPace): ScopePacer {
  const { clock, sleep, maxPerSecond } = options;
  const takePlace = createPlaces(options, shared);
  const streak = createStreak();
  let servedAtMs: number | undefined;

  async function turn(dueAtMs = 0): Promise<PaceTurn> {
    if (rateOf(await shared.present(), maxPerSecond) === undefined) return { type: 'go' };
    // Places taken ahead of the moment would all be used up at the moment.
    if (dueAtMs > clock() && dueAtMs <= clock() + LONGEST_WAIT_MS) await sleep(dueAtMs - clock());
    const place = await takePlace();
    if (place.type === 'wait') return later(Math.max(0, place.untilMs - clock()));
    if (place.atMs > clock()) await sleep(place.atMs - clock());
    // A stop that was made while the message waited is for it too.
    return isStopped(await shared.present(), clock()) ? turn() : { type: 'go' };
  }

  function later(delayMs: number): PaceTurn {
    const isRefused = shared.latest()?.slowdown?.cause === 'refused';
    return { type: 'later', delayMs, ...(isRefused && { refused: true }) };
  }

  /** The refusal that slows everyone down, if this one does. A probe's refusal does by itself. */
  function refusalIn(signal: Exclude<PaceSignal, 'served'>): Omit<Refusal, 'leftAtMs'> | undefined {
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
    turn,

    isServed: () => servedAtMs !== undefined && clock() - servedAtMs < TRUSTED_MS,

    async report(signal, leftAtMs) {
      servedAtMs = signal === 'served' ? clock() : undefined;
      if (signal === 'served') {
        streak.end();
        if (shared.latest()?.slowdown) await shared.change((pace) => recovered(pace, leftAtMs, clock()));
        return;
      }
      const refusal = refusalIn(signal);
      if (!refusal) return;
      await shared.change((pace) => slowedDown(pace, { ...refusal, leftAtMs }, clock(), options.random));
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

/** Takes places under the rate. All who ask while a write is under way share the next one. */
function createPlaces({ clock, random, maxPerSecond }: ScopePacerOptions, shared: SharedPace) {
  let asking: ((admission: Promise<Admission>) => void)[] = [];
  let admitting = Promise.resolve();

  async function admitAll(): Promise<void> {
    const group = asking;
    asking = [];
    const limits = maxPerSecond === undefined ? {} : { maxPerSecond };
    let admissions: readonly Admission[] = [];
    const admitted = shared.change((pace) => {
      const result = admit(pace, { ...limits, count: group.length, nowMs: clock(), random });
      admissions = result.admissions;
      return result.pace;
    });
    for (const [index, resolve] of group.entries()) {
      resolve(admitted.then(() => admissions[index] ?? { type: 'wait', untilMs: clock() }));
    }
    await admitted.catch(() => undefined);
  }

  return (): Promise<Admission> => {
    const { promise, resolve } = Promise.withResolvers<Admission>();
    asking.push(resolve);
    if (asking.length === 1) admitting = admitting.then(admitAll);
    return promise;
  };
}
