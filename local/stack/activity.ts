import { EventEmitter, once } from 'node:events';

/** Counts what is running, so that others can wait for a quiet moment. */
export interface Activity {
  /** Runs `work` and counts it until it has settled. */
  track<T>(work: () => Promise<T>): Promise<T>;
  /** How many are running now. */
  running(): number;
  /** Rises with each start: two equal readings mean that nothing began in between. */
  started(): number;
  /** Resolves when something starts or ends, at the latest after `withinMs`. */
  change(withinMs: number): Promise<void>;
}

/** An activity with nothing running. */
export function createActivity(): Activity {
  const changes = new EventEmitter().setMaxListeners(0);
  let running = 0;
  let started = 0;
  return {
    async track(work) {
      running++;
      started++;
      changes.emit('change');
      try {
        return await work();
      } finally {
        running--;
        changes.emit('change');
      }
    },
    running: () => running,
    started: () => started,
    async change(withinMs) {
      await once(changes, 'change', { signal: AbortSignal.timeout(withinMs) }).catch(() => undefined);
    },
  };
}
