/** What waiting needs; a test hands over its own. */
export interface Timing {
  /** The time in milliseconds. */
  now(): number;
  /** Waits. Rejects with the signal's reason once that is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 up to 1, without 1. */
  random(): number;
}

/** The time of this machine. */
export const realTiming: Timing = {
  now: () => performance.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const end = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', end);
        resolve();
      }, ms);
      signal.addEventListener('abort', end, { once: true });
    }),
};

/** A signal with an end to it; `end` lets go of the timer and of the signal that it follows. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  readonly hasPassed: () => boolean;
  readonly end: () => void;
}

/** A signal that follows another, and is aborted after so long. Older browsers have no `AbortSignal.any`. */
export function timeLimit(followed: AbortSignal, ms: number): TimeLimit {
  const controller = new AbortController();
  let hasPassed = false;
  const follow = () => controller.abort(followed.reason);
  const timer = setTimeout(() => {
    hasPassed = true;
    controller.abort();
  }, ms);
  if (followed.aborted) follow();
  followed.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    hasPassed: () => hasPassed,
    end() {
      clearTimeout(timer);
      followed.removeEventListener('abort', follow);
    },
  };
}
