import { randomUUID } from 'node:crypto';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { v7 as uuidV7 } from 'uuid';
import type { Clock, Random, Sleep } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Overrides } from './cold-start.ts';
import { createConsoleLogger } from './console-logger.ts';
import { invocationFields } from './invocation.ts';

/** What everything else is built on: time, chance, a place to report to, fresh identifiers. */
export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
  readonly logger: Logger;
  readonly newUuid: () => string;
  /** Sorts by the clock's moment. */
  readonly newTimeOrderedUuid: () => string;
}

/** The real things, but for what is overridden. */
export function createRuntime(overrides: Overrides = {}): Runtime {
  const clock = overrides.clock ?? Date.now;
  return {
    clock,
    random: overrides.random ?? Math.random,
    sleep: overrides.sleep ?? (async (ms) => void (await sleepFor(ms))),
    logger: overrides.logger ?? createConsoleLogger({ commonFields: invocationFields }),
    newUuid: randomUUID,
    newTimeOrderedUuid: () => uuidV7({ msecs: clock() }),
  };
}
