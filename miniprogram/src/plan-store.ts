import { assign, memberOf, tried } from './values.ts';
import type { Wx } from './wx.ts';

/** Moments by name, in epoch milliseconds. */
type Moments = Record<string, number>;

/** What a plan remembers: since when a template waits, and until when one rests. */
export interface PlanStore {
  /** Has a template wait. One that waits already was passed over: it is due. */
  want(id: string): void;
  drop(id: string): void;
  /** What waits, longest first. */
  waiting(): readonly string[];
  /** Whether a template that waits was passed over, so that it goes before all others. */
  isDue(id: string): boolean;
  /** Has something rest for some milliseconds; none ends its rest. */
  rest(name: string, ms: number): void;
  isResting(name: string): boolean;
  save(): void;
}

/**
 * Keeps a plan in memory and in the phone's storage under `key`. What is left over for longer than `leftMs` is forgotten.
 * It holds hints only: where the storage fails, a question comes once too often or too late, and no count changes.
 */
export function createPlanStore(
  wx: Pick<Wx, 'getStorageSync' | 'setStorageSync'>,
  key: string,
  leftMs: number,
  now: () => number,
): PlanStore {
  let left: Moments = {};
  let due: Moments = {};
  let rests: Moments = {};
  let isRead = false;

  /** Joins what is stored, as soon as it can be read. */
  const load = (): void => {
    if (isRead) return;
    tried(() => {
      const stored = wx.getStorageSync(key);
      left = assign(momentsOf(stored, 'left'), left);
      due = assign(momentsOf(stored, 'due'), due);
      rests = assign(momentsOf(stored, 'rests'), rests);
      isRead = true;
    });
  };
  load();
  const isWaiting = (id: string): boolean => sinceOf(id) + leftMs > now();

  return {
    want(id) {
      if (isWaiting(id)) due[id] = now();
      else left[id] = now();
    },
    drop(id) {
      delete left[id];
      delete due[id];
    },
    waiting() {
      load();
      return Object.keys(left)
        .filter(isWaiting)
        .sort((one, other) => sinceOf(one) - sinceOf(other));
    },
    isDue: (id) => !!due[id],
    rest(name, ms) {
      rests[name] = now() + ms;
    },
    isResting: (name) => (rests[name] || 0) > now(),
    save() {
      load();
      if (isRead) tried(() => wx.setStorageSync(key, { left, due, rests }));
    },
  };

  function sinceOf(id: string): number {
    return left[id] || 0;
  }
}

function momentsOf(stored: unknown, name: string): Moments {
  const given = memberOf(stored, name);
  const moments: Moments = {};
  for (const id in Object(given)) {
    const moment = memberOf(given, id);
    if (typeof moment === 'number') moments[id] = moment;
  }
  return moments;
}
