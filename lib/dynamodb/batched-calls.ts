import { setTimeout as sleepFor } from 'node:timers/promises';

/**
 * For so long a call under way is waited for, so that one that hangs holds up nobody but those who share it.
 */
const LONGEST_WAIT_MS = 10;

interface CallBatching<T> {
  /** So many make up a call of their own at once. */
  readonly most: number;
  /** Those of `waiting` that go in the next call: the first of them at least. */
  readonly next: (waiting: readonly T[]) => readonly T[];
  /** Makes the call and answers who asked. Never rejects. */
  readonly call: (group: readonly T[]) => Promise<void>;
}

/**
 * Lets those who ask at the same moment, or while a call is under way, share a call. A sender's limit is the
 * CPU time of its calls of AWS; with ten messages side by side this makes four calls out of forty.
 */
export function shareCalls<T>({ most, next, call }: CallBatching<T>): (ask: T) => void {
  let waiting: T[] = [];
  let underWay = 0;
  let leaving = false;

  function leaveSoon(): void {
    if (leaving) return;
    leaving = true;
    setImmediate(leave);
  }

  function leave(): void {
    leaving = false;
    while (waiting.length >= most || (waiting.length > 0 && underWay === 0)) {
      const group = next(waiting);
      waiting = waiting.filter((each) => !group.includes(each));
      underWay += 1;
      void Promise.race([call(group), sleepFor(LONGEST_WAIT_MS)]).then(() => {
        underWay -= 1;
        leaveSoon();
      });
    }
  }

  return (ask) => {
    waiting.push(ask);
    leaveSoon();
  };
}
