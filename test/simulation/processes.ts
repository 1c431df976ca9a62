import type { PlanCall } from './call-plans.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

/** One invocation of a function. Once it is dead, nothing that it awaits ever answers. */
export interface Process {
  readonly name: string;
  /** The time by its own clock. */
  readonly clock: () => number;
  alive: boolean;
  crash(why: string): void;
}

/** How an invocation ended. */
export type End<T> =
  | { readonly type: 'returned'; readonly value: T }
  | { readonly type: 'threw'; readonly error: unknown }
  | { readonly type: 'crashed' };

/** Thrown by a call that the simulation lets fail. */
export class InjectedError extends Error {
  override readonly name = 'InjectedError';
}

/** Runs functions and their calls to the outside. Every await of theirs ends in one of these calls. */
export interface Processes {
  /** Starts a function, which is killed after `timeoutMs`. */
  start<T>(
    name: string,
    timeoutMs: number,
    body: (process: Process) => Promise<T>,
    ended: (end: End<T>) => void,
  ): void;
  /** A call whose effect comes about at one moment. */
  call<T>(process: Process, label: string, effect: () => T): Promise<T>;
  sleep(process: Process, ms: number): Promise<void>;
  /** How many processes have died. */
  deaths(): number;
}

/** Processes on a scheduler, whose calls go as `plan` decides. */
export function createProcesses(
  scheduler: Scheduler,
  plan: PlanCall,
  trace: Trace,
  drawSkewMs: () => number,
): Processes {
  let started = 0;
  let deaths = 0;

  function call<T>(process: Process, label: string, effect: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!process.alive) return;
      const { crash, fails, untilEffectMs, untilAnswerMs, outlivesCaller } = plan(label);
      if (crash === 'before') return process.crash(`before ${label}`);
      let answer: (() => void) | undefined;
      scheduler.after(untilEffectMs, () => {
        if (fails === 'before' || (!process.alive && !outlivesCaller)) return;
        const value = effect();
        answer = () => resolve(value);
      });
      if (crash === 'after') scheduler.after(untilEffectMs, () => process.crash(`after ${label}`));
      scheduler.after(untilEffectMs + untilAnswerMs, () => {
        if (!process.alive) return;
        scheduler.wake();
        if (!fails) return answer?.();
        trace(process.name, `${label} failed ${fails} it took effect`);
        reject(new InjectedError(label));
      });
    });
  }

  return {
    start(name, timeoutMs, body, ended) {
      let over = false;
      const skewMs = drawSkewMs();
      const end = (how: Parameters<typeof ended>[0]) => {
        if (over) return;
        over = true;
        process.alive = false;
        ended(how);
      };
      const process: Process = {
        name: `${name}-${++started}`,
        clock: () => scheduler.now() + skewMs,
        alive: true,
        crash(why) {
          if (over) return;
          deaths += 1;
          trace(process.name, `CRASH ${why}`);
          end({ type: 'crashed' });
        },
      };
      scheduler.after(timeoutMs, () => process.crash('time-out'));
      scheduler.wake();
      body(process).then(
        (value) => end({ type: 'returned', value }),
        (error: unknown) => end({ type: 'threw', error }),
      );
    },
    call,
    deaths: () => deaths,
    sleep(process, ms) {
      return new Promise((resolve) => {
        if (!process.alive) return;
        const { crash, untilAnswerMs } = plan('sleep');
        if (crash) return process.crash('asleep');
        scheduler.after(ms + untilAnswerMs, () => {
          if (!process.alive) return;
          scheduler.wake();
          resolve();
        });
      });
    },
  };
}
