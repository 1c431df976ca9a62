/** Virtual time. Nothing here waits: the clock jumps from one event to the next. */
export interface Scheduler {
  now(): number;
  /**
   * Runs something `ms` milliseconds from now; what is due at the same moment runs in the order in which it
   * was planned.
   */
  after(ms: number, run: () => void): void;
  /**
   * Says that the event under way has resolved a promise, so that what awaits it must run before time goes
   * on.
   */
  wake(): void;
  /** Runs event after event until none is left, `stop` says so, or `limit` events have run. */
  run(stop: () => boolean, limit: number): Promise<'at-rest' | 'stopped' | 'limit'>;
}

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** A scheduler whose clock begins at `startMs`. */
export function createScheduler(startMs: number): Scheduler {
  const heap: Event[] = [];
  let nowMs = startMs;
  let order = 0;
  let woken = false;
  return {
    now: () => nowMs,
    after(ms, run) {
      push(heap, { atMs: nowMs + Math.max(0, Math.ceil(ms)), order: order++, run });
    },
    wake() {
      woken = true;
    },
    async run(stop, limit) {
      for (let count = 0; count < limit; count++) {
        if (stop()) return 'stopped';
        const event = pop(heap);
        if (!event) return 'at-rest';
        nowMs = event.atMs;
        event.run();
        if (woken) {
          woken = false;
          await everythingAwaited();
        }
      }
      return 'limit';
    },
  };
}

/** Node empties the queue of microtasks before it runs an immediate. */
function everythingAwaited(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function before(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function push(heap: Event[], event: Event): void {
  let at = heap.length;
  heap.push(event);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (before(heap[parent]!, event)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = event;
}

function pop(heap: Event[]): Event | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (!first || !last || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
    if (before(last, heap[child]!)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return first;
}
