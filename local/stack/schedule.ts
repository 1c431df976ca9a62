import { randomUUID } from 'node:crypto';
import type { ScheduledEvent } from 'aws-lambda';
import type { Invoke, LambdaFunction } from './invoke.ts';
import type { Observe } from './observation.ts';
import { LOCAL_AWS } from './table.ts';

/** A rule that fires at an interval. */
export interface Schedule {
  /** Fires now, and resolves when the function has ended; throws what the function threw. */
  fire(): Promise<void>;
  stop(): void;
}

/** Calls the function every `everySeconds` (never by itself when 0) with the event of an EventBridge rule. */
export function startSchedule(options: {
  called: LambdaFunction;
  everySeconds: number;
  invoke: Invoke;
  observe: Observe;
}): Schedule {
  const { called, everySeconds, invoke, observe } = options;
  const fire = async () => {
    const startedAt = performance.now();
    const invocation = await invoke(called, ruleEvent(called.name, new Date()));
    observe({ type: 'tick', function: called.name, ms: performance.now() - startedAt });
    if (invocation.type === 'threw') throw invocation.error;
  };
  const tick = () => fire().catch((error: Error) => observe({ type: 'fault', function: called.name, error }));
  const timer = everySeconds > 0 ? setInterval(tick, everySeconds * 1000) : undefined;
  return { fire, stop: () => clearInterval(timer) };
}

/**
 * The seconds between two firings of `rate(5 minutes)`.
 *
 * @throws Error for anything but a rate in minutes or hours
 */
export function rateSeconds(expression: string): number {
  const [, count = '', unit = ''] = /^rate\((\d+) (minute|hour)s?\)$/.exec(expression) ?? [];
  if (unit === '')
    throw new Error(`The local stack knows rate(n minutes) and rate(n hours), not ${expression}.`);
  return Number(count) * (unit === 'hour' ? 3600 : 60);
}

function ruleEvent(functionName: string, now: Date): ScheduledEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: now.toISOString().replace(/\.\d+Z$/, 'Z'),
    region: LOCAL_AWS.region,
    resources: [`arn:aws:events:${LOCAL_AWS.region}:000000000000:rule/${functionName}`],
    detail: {},
  };
}
