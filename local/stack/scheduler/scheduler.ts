import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../lib/clock.ts';
import { repeat } from '../repeat.ts';
import { createShelf } from './schedule-shelf.ts';
import { answerCall } from './scheduler-calls.ts';
import { inputFor, runsOf, SchedulerFault, type StoredSchedule } from './stored-schedule.ts';

/** How often the ticker looks, in milliseconds. */
const LOOK_EVERY_MS = 200;

/** A clock that leaps is followed for this many runs of one schedule. */
const MOST_RUNS_AT_ONCE = 50;

/** Lambda calls a function that failed for an asynchronous caller two more times; here without its minutes in between. */
const ATTEMPTS = 3;
const PAUSE_MS = 1000;

/** Calls the function that an ARN names. Rejects with what the function threw. */
export type CallTarget = (targetArn: string, input: unknown) => Promise<void>;

/** How a run is started by hand: `atMs` is the moment that it stands for, by default that of the next run. */
export interface FireOptions {
  readonly atMs?: number;
  /** Deliver the trigger this often, at the same time, as EventBridge Scheduler may. */
  readonly times?: number;
}

/** A stand-in for EventBridge Scheduler on a loopback port. */
export interface LocalScheduler {
  readonly endpoint: string;
  /** From here on due schedules call their targets. With `byItself` false only {@link LocalScheduler.tick} does. */
  start(callTarget: CallTarget, options: { byItself: boolean }): void;
  /** Starts every run that is due by the clock, and resolves when the targets have been called. */
  tick(): Promise<void>;
  /** Starts a run of one schedule now. Rejects when there is no such schedule, or with what the target threw. */
  fire(name: string, options?: FireOptions): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the stand-in: CreateSchedule, UpdateSchedule, GetSchedule, DeleteSchedule and ListSchedules as the AWS SDK speaks
 * them, in memory. `POST /_control/fire` with `{name, scheduledTime?, times?}` starts a run by hand.
 */
export async function startScheduler(clock: Clock): Promise<LocalScheduler> {
  const shelf = createShelf();
  let callTarget: CallTarget | undefined;
  let ticker: { close(): Promise<void> } | undefined;

  async function deliver(schedule: StoredSchedule, atMs: number): Promise<void> {
    await callTarget?.(schedule.Target.Arn, inputFor(schedule, atMs));
  }

  async function withRetries(schedule: StoredSchedule, atMs: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await deliver(schedule, atMs);
      } catch {
        if (attempt === ATTEMPTS) return;
        await sleep(PAUSE_MS, undefined, { ref: false });
      }
    }
  }

  async function tick(): Promise<void> {
    const nowMs = clock();
    const due = shelf.all().flatMap((schedule) => {
      const runs = runsOf(schedule, MOST_RUNS_AT_ONCE).filter((atMs) => atMs <= nowMs);
      const last = runs.at(-1);
      if (last !== undefined) shelf.replace({ ...schedule, firedUpToMs: last });
      return runs.map((atMs) => ({ schedule, atMs }));
    });
    await Promise.all(due.map(({ schedule, atMs }) => withRetries(schedule, atMs)));
  }

  async function fire(name: string, { atMs, times = 1 }: FireOptions = {}): Promise<void> {
    const schedule = shelf.all().find(({ Name }) => Name === name);
    if (!schedule)
      throw new SchedulerFault(404, 'ResourceNotFoundException', `Schedule ${name} does not exist.`);
    const moment = atMs ?? runsOf(schedule, 1)[0] ?? clock();
    await Promise.all(Array.from({ length: times }, () => deliver(schedule, moment)));
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const body = await text(request);
    try {
      const isControl = url.pathname === '/_control/fire';
      const answer = isControl
        ? await control(fire, body)
        : answerCall(shelf, clock, { method: request.method ?? '', url, body });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    } catch (error) {
      const fault = error instanceof SchedulerFault ? error : undefined;
      response
        .writeHead(fault?.status ?? 500, {
          'content-type': 'application/json',
          'x-amzn-errortype': fault?.type ?? 'InternalServerException',
        })
        .end(JSON.stringify({ Message: error instanceof Error ? error.message : String(error) }));
    }
  }

  const server = createServer((request, response) => void respond(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    start(call, { byItself }) {
      callTarget = call;
      if (byItself) ticker = repeat(tick, LOOK_EVERY_MS);
    },
    tick,
    fire,
    async close() {
      // What it has just started ends by itself.
      void ticker?.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function control(fire: LocalScheduler['fire'], body: string): Promise<unknown> {
  const { name, scheduledTime, times }: { name?: unknown; scheduledTime?: unknown; times?: unknown } =
    JSON.parse(body);
  const atMs = typeof scheduledTime === 'string' ? Date.parse(scheduledTime) : undefined;
  await fire(String(name), {
    ...(atMs !== undefined && { atMs }),
    ...(typeof times === 'number' && { times }),
  });
  return {};
}
