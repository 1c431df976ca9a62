import type { Clock, Random, Sleep } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Measure } from '../metrics.ts';
import { type Admission, admit, rateOf } from './admit.ts';
import { isProbing, isStopped, recovered, type SlowdownCause, slowedDown } from './pace.ts';
import { type PaceStore, type SharedPace, sharePace } from './shared-pace.ts';

/** What an answer of WeChat's says about the pace: less, please; or that it took the request for what it was. */
export type PaceSignal = SlowdownCause | 'served';

/** Keeps the sending of the whole appid to a pace. */
export interface Pacer {
  /**
   * Asked before a message is claimed. Waits for its turn where that is near; `later` says how long it is to stay away.
   * Under a rate, the turn of a message that is due in a moment comes no sooner than `dueAtMs`.
   */
  turn(
    dueAtMs?: number,
  ): Promise<{ readonly type: 'go' } | { readonly type: 'later'; readonly delayMs: number }>;
  /** Told of each answer to a request that left at `leftAtMs`. */
  report(signal: PaceSignal, leftAtMs: number): Promise<void>;
}

/** What pacing needs from outside. */
export interface PacerOptions {
  readonly store: PaceStore;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
  readonly logger: Logger;
  readonly measure?: Measure;
  readonly maxPerSecond?: number;
}

/** A note comes up no further ahead of its message's moment than this. */
const LONGEST_WAIT_MS = 2_000;

/** So many times busy without any other answer in between, seen by one container, mean that WeChat is busy for everyone. */
const BUSY_IN_A_ROW = 3;

/**
 * A pacer for one container. Without a rate to keep and without a refusal it reads the shared pace once a second and writes nothing;
 * under a rate it writes once for all messages that ask at the same time.
 */
export function createPacer(options: PacerOptions): Pacer {
  const { clock, sleep, maxPerSecond } = options;
  const shared = sharePace(options);
  const takePlace = createPlaces(options, shared);
  let busyInARow = 0;

  async function turn(dueAtMs = 0): ReturnType<Pacer['turn']> {
    if (rateOf(await shared.present(), maxPerSecond) === undefined) return { type: 'go' };
    // Places taken ahead of the moment would all be used up at the moment.
    if (dueAtMs > clock() && dueAtMs <= clock() + LONGEST_WAIT_MS) await sleep(dueAtMs - clock());
    const place = await takePlace();
    if (place.type === 'wait') return { type: 'later', delayMs: Math.max(0, place.untilMs - clock()) };
    if (place.atMs > clock()) await sleep(place.atMs - clock());
    // A stop that was made while the message waited is for it too.
    return isStopped(await shared.present(), clock()) ? turn() : { type: 'go' };
  }

  /** Whether WeChat is busy for everyone, and not just now and then. */
  function isBusy(): boolean {
    const slowdown = shared.latest()?.slowdown;
    return busyInARow >= BUSY_IN_A_ROW || (slowdown !== undefined && isProbing(slowdown));
  }

  return {
    turn,

    async report(signal, leftAtMs) {
      busyInARow = signal === 'busy' ? busyInARow + 1 : 0;
      if (signal === 'served') {
        if (shared.latest()?.slowdown) await shared.change((pace) => recovered(pace, leftAtMs, clock()));
      } else if (signal !== 'busy' || isBusy()) {
        const refusal = { cause: signal, leftAtMs };
        await shared.change((pace) => slowedDown(pace, refusal, clock(), options.random));
      }
    },
  };
}

/** Takes places under the rate. All who ask while a write is under way share the next one. */
function createPlaces({ clock, random, maxPerSecond }: PacerOptions, shared: SharedPace) {
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
