import { DISPATCH_AHEAD_MS } from '../../lib/messages/dispatch-due.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Functions } from './functions.ts';
import type { Scheduler } from './scheduler.ts';
import type { TableState } from './table-part.ts';

/** The rule that runs the dispatcher each minute. */
export interface Ticker {
  /** Says that a message waits for the dispatcher. */
  arm(): void;
}

/** What the ticker goes by. */
export interface TickerOptions {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly faults: () => Faults;
  readonly functions: Pick<Functions, 'dispatch'>;
  /** Each part of the table. */
  readonly states: () => readonly Pick<TableState, 'dueEntries'>[];
}

const MINUTE_MS = 60_000;

/**
 * Runs the dispatcher on the minute, now and then not at all. Minutes in which it would find nothing are
 * skipped.
 */
export function createTicker({ scheduler, chance, faults, functions, states }: TickerOptions): Ticker {
  let nextTickMs = Number.POSITIVE_INFINITY;

  function arm(): void {
    const moments = states().flatMap((state) => state.dueEntries().map(({ dueAtMs }) => dueAtMs));
    if (moments.length === 0) return;
    const earliestMs = Math.min(...moments);
    const usefulMs = Math.max(scheduler.now(), earliestMs - DISPATCH_AHEAD_MS);
    const atMs = Math.ceil((usefulMs + 1) / MINUTE_MS) * MINUTE_MS;
    if (atMs >= nextTickMs) return;
    nextTickMs = atMs;
    scheduler.after(atMs - scheduler.now(), () => tick(atMs));
  }

  function tick(atMs: number): void {
    if (atMs !== nextTickMs) return;
    nextTickMs = Number.POSITIVE_INFINITY;
    const { missedTick } = faults();
    if (missedTick > 0 && chance.happens(missedTick)) arm();
    else functions.dispatch(arm);
  }

  return { arm };
}
