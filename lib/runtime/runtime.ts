import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { v7 as uuidV7 } from 'uuid';
import * as v from 'valibot';
import { type Clock, type Random, type Sleep, TIMEOUT_RESERVE_MS } from '../clock.ts';
import type { LogFields, Logger } from '../logger.ts';
import type { Measure } from '../metrics.ts';
import type { Environment } from '../settings/settings.ts';
import { createConsoleLogger } from './console-logger.ts';

/** What everything else is built on: time, chance, a log, fresh identifiers. */
export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
  readonly logger: Logger;
  readonly newUuid: () => string;
  /** A version for what is written to the table. */
  readonly newVersion: () => string;
  /** Sorts by the clock's moment. */
  readonly newTimeOrderedUuid: () => string;
}

/** What a test or the local stack may put in the place of the real thing. */
export interface Overrides extends Partial<Pick<Runtime, 'clock' | 'random' | 'sleep' | 'logger'>> {
  readonly measure?: Measure;
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
    newVersion: randomUUID,
    newTimeOrderedUuid: () => uuidV7({ msecs: clock() }),
  };
}

/** Lets go of what a function opened, one after another. */
export function closing(
  ...opened: readonly ({ close(): Promise<void> } | { destroy(): void })[]
): () => Promise<void> {
  return async () => {
    for (const one of opened) await ('close' in one ? one.close() : one.destroy());
  };
}

/**
 * Builds what one function needs, out of its environment. Throws when a setting is bad, naming every bad one.
 */
type BuildServices<Services> = (env: Environment, overrides?: Overrides) => Promise<Services>;

/** Thrown when a start takes longer than its caller can wait. It goes on, and the next call waits for it too. */
class SlowStartError extends Error {
  override readonly name = 'SlowStartError';
  readonly code = 'start-slow';
  constructor() {
    super('The function is still starting, because AWS does not answer. Its next call goes on from there.');
  }
}

/**
 * A Lambda function that builds its services once per cold start, during the start where it runs on Lambda,
 * and on the first call anywhere else, so that importing it has no effect.
 *
 * @param answerFailedStart what the caller gets when the services could not be built, or not in time;
 * undefined throws the error
 */
export function onColdStart<Services, Event, Context, Result>(
  buildServices: BuildServices<Services>,
  createHandler: (services: Services) => (event: Event, context: Context) => Promise<Result>,
  answerFailedStart?: (error: unknown) => Result | undefined,
): (event: Event, context: Context) => Promise<Result> {
  type Built = ReturnType<typeof createHandler>;
  let starting: Promise<Built> | undefined;
  const started = () => {
    starting ??= buildServices(process.env)
      .then(createHandler)
      // A start that failed, say because a secret could not be read, is tried again by the next call.
      .catch((error) => {
        starting = undefined;
        throw error;
      });
    return starting;
  };
  // Once the file that asks for it has been read to its end, so that it may say so at its head.
  if ('AWS_LAMBDA_FUNCTION_NAME' in process.env) queueMicrotask(() => void started().catch(() => undefined));
  return (event, context) =>
    withinInvocation(context, async () => {
      const start = answerFailedStart ? inTime(started(), context) : started();
      const handle = await start.catch((error) => ({ error }));
      if (typeof handle === 'function') return handle(event, context);
      const answer = answerFailedStart?.(handle.error);
      if (answer === undefined) throw handle.error;
      return answer;
    });
}

/** What a start comes to. @throws SlowStartError shortly before the invocation ends */
async function inTime<T>(start: Promise<T>, context: unknown): Promise<T> {
  const limited = v.safeParse(limitedContext, context);
  if (!limited.success) return start;
  const waitMs = Math.max(0, Number(limited.output.getRemainingTimeInMillis()) - TIMEOUT_RESERVE_MS);
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SlowStartError()), waitMs);
  });
  try {
    return await Promise.race([start, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

const limitedContext = v.object({ getRemainingTimeInMillis: v.function() });

const current = new AsyncLocalStorage<LogFields>();

const contextSchema = v.object({ awsRequestId: v.string() });

/**
 * Does `work` so that every line logged meanwhile names the invocation, as Lambda's own lines about it do.
 */
function withinInvocation<T>(context: unknown, work: () => Promise<T>): Promise<T> {
  const named = v.safeParse(contextSchema, context);
  return named.success ? current.run(named.output, work) : work();
}

/** What names the invocation that is under way: `awsRequestId`, if any. */
export function invocationFields(): LogFields {
  return current.getStore() ?? {};
}
