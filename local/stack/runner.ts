import { createActivity } from './activity.ts';
import { forgetBehindAll } from './forget-behind-all.ts';
import { DEFAULT_ROUTE } from './http-routes.ts';
import { type ExtraPage, startHttpApi } from './http-server.ts';
import { untilIdle } from './idle.ts';
import { createInvoke, type LambdaFunction, type LambdaHandler } from './invoke.ts';
import type { Observe } from './observation.ts';
import { rateSeconds, startSchedule } from './schedule.ts';
import type { FunctionDefinition } from './service-definition.ts';
import type { LocalSqs } from './sqs.ts';
import { startSqsPoller } from './sqs-poller.ts';
import { type FollowedTable, startTableStream } from './table-stream.ts';

/** How many batches run at once when serverless.yml does not say. */
const DEFAULT_CONCURRENCY = 5;

const HOUR_SECONDS = 3600;

/** The service's functions behind their triggers: HTTP routes, queues and schedules. */
export interface Runner {
  readonly apiUrl: string;
  /** Fires the schedules that run each hour or more often and resolves when their functions have ended; throws what one threw. */
  fireSchedules(): Promise<void>;
  /** Calls a function with an event, as an asynchronous caller does, and throws what it threw. */
  call(functionName: string, event: unknown): Promise<void>;
  /** Fires the schedules of one function, and throws what it threw. */
  fire(functionName: string): Promise<void>;
  /**
   * Resolves when no function runs and the queues are empty: nothing visible, nothing in flight (a failed record is in
   * flight until its visibility timeout), and nothing delayed that is due within `dueWithinMs` (default 0: due now).
   */
  idle(options?: { dueWithinMs?: number }): Promise<void>;
  /** Hands every change of the table over once more, in batches of another size. */
  replayChanges(batchSize: number): Promise<void>;
  /** Stops every trigger and resolves when the functions that are running have ended. */
  close(): Promise<void>;
}

/**
 * Runs `handlers` in this process behind the triggers that `functions`, serverless.yml's own section, gives them.
 *
 * @param options.port of the HTTP API; 0 takes a free one
 * @param options.pollers how many batches of a queue run at once; by default what serverless.yml says. With 0 nothing
 * here receives from the queues, and `idle` waits for whoever else does.
 * @param options.longPollSeconds how long one request waits for the queue; by default as long as SQS lets it
 * @param options.scheduleEverySeconds replaces the interval of every schedule that runs each hour or more often; with 0 none
 * fires by itself
 * @throws PortInUseError
 */
export async function startRunner(options: {
  functions: Readonly<Record<string, FunctionDefinition>>;
  handlers: Readonly<Record<string, LambdaHandler>>;
  sqs: LocalSqs;
  port: number;
  pollers?: number;
  longPollSeconds?: number;
  scheduleEverySeconds?: number;
  observe?: Observe;
  /** What the HTTP API answers beside its routes. */
  page?: ExtraPage;
  /** The table whose changes call functions; without it none does. */
  followed?: FollowedTable;
}): Promise<Runner> {
  const { sqs, observe = () => undefined } = options;
  const activity = createActivity();
  const shared = { invoke: createInvoke(activity), observe };
  const functions = Object.entries(options.functions).map(([name, definition]) => ({
    called: functionOf(name, definition, options.handlers[name]),
    events: definition.events,
  }));
  const triggers = functions.flatMap(({ called, events }) => events.map((event) => ({ called, event })));

  const routes = triggers.flatMap(({ called, event }) =>
    'httpApi' in event ? [{ key: routeKeyOf(event.httpApi), called }] : [],
  );
  const api = await startHttpApi({ ...shared, port: options.port, routes, page: options.page });

  const schedules = triggers.flatMap(({ called, event }) => {
    if (!('schedule' in event)) return [];
    const rate = rateSeconds(event.schedule.rate);
    const isFrequent = rate <= HOUR_SECONDS;
    const { scheduleEverySeconds = rate } = options;
    const everySeconds = isFrequent || scheduleEverySeconds === 0 ? scheduleEverySeconds : rate;
    return [{ called, isFrequent, ...startSchedule({ ...shared, called, everySeconds }) }];
  });

  const consumers = triggers.flatMap(({ called, event }) => {
    if (!('sqs' in event)) return [];
    const { arn: queueName, batchSize, maximumConcurrency = DEFAULT_CONCURRENCY } = event.sqs;
    const queue = sqs.queues[queueName];
    if (queue === undefined) throw new Error(`serverless.yml defines no queue ${queueName}.`);
    const concurrency = options.pollers ?? maximumConcurrency;
    if (concurrency === 0) return [{ queueName, close: async () => undefined }];
    const poller = startSqsPoller({
      ...shared,
      client: sqs.client,
      queue,
      called,
      batchSize,
      concurrency,
      ...(options.longPollSeconds === undefined ? {} : { longPollSeconds: options.longPollSeconds }),
    });
    return [{ queueName, close: poller.close }];
  });

  const { followed } = options;
  const readers = triggers.flatMap(({ called, event }) =>
    'stream' in event ? [{ called, trigger: event.stream }] : [],
  );
  const forgetOf = followed?.forgetChanges && forgetBehindAll(followed.forgetChanges, readers.length);
  const streams = await Promise.all(
    readers.flatMap((reader) =>
      followed ? [startTableStream({ ...shared, ...followed, ...reader, forgetChanges: forgetOf?.() })] : [],
    ),
  );
  const drained = () => Promise.all(streams.map((stream) => stream.drained()));

  return {
    apiUrl: api.url,
    async fireSchedules() {
      await Promise.all(schedules.filter(({ isFrequent }) => isFrequent).map((schedule) => schedule.fire()));
    },
    async call(functionName, event) {
      const called = functions.find((known) => known.called.name === functionName)?.called;
      if (!called) throw new Error(`serverless.yml defines no function ${functionName}.`);
      const startedAt = performance.now();
      const invocation = await shared.invoke(called, event);
      observe({ type: 'tick', function: functionName, ms: performance.now() - startedAt });
      if (invocation.type === 'returned') return;
      observe({ type: 'fault', function: functionName, error: invocation.error });
      throw invocation.error;
    },
    async fire(functionName) {
      const named = schedules.filter(({ called }) => called.name === functionName);
      if (named.length === 0) throw new Error(`No schedule calls ${functionName}.`);
      await Promise.all(named.map((schedule) => schedule.fire()));
    },
    async idle({ dueWithinMs = 0 } = {}) {
      const queueNames = consumers.map(({ queueName }) => queueName);
      await untilIdle({ activity, sqs, queueNames, dueWithinMs });
      await drained();
    },
    async replayChanges(batchSize) {
      await Promise.all(streams.map((stream) => stream.replay(batchSize)));
    },
    async close() {
      for (const schedule of schedules) schedule.stop();
      await Promise.all([api.close(), ...[...consumers, ...streams].map((source) => source.close())]);
      while (activity.running() > 0) await activity.change(1000);
    },
  };
}

function functionOf(
  name: string,
  { timeout, memorySize }: FunctionDefinition,
  handler: LambdaHandler | undefined,
): LambdaFunction {
  if (handler === undefined) throw new Error(`The function ${name} has no handler.`);
  return { name, handler, timeoutSeconds: timeout, memorySize };
}

/** API Gateway's name for a route; `*` in serverless.yml is its `$default`. */
function routeKeyOf(route: '*' | { readonly method: string; readonly path: string }): string {
  return route === '*' ? DEFAULT_ROUTE : `${route.method.toUpperCase()} ${route.path}`;
}
