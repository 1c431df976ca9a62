import type { SQSClient } from '@aws-sdk/client-sqs';
import { RETRY_SECONDS, type RetrySoon } from '../../lib/sqs/process-records.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Process, Processes } from './processes.ts';
import type { Scheduler } from './scheduler.ts';

/** What is left of the visibility timeout when Lambda, having throttled a batch, finds room for it. */
const LEFT_HIDDEN_MS = [60_000, 360_000] as const;
/** Far fewer than SQS is told to allow, so that worlds have dead letters. */
const MAX_RECEIVES = 5;
const BATCH_SIZE = 10;

/** A job on the queue. */
export interface QueueRecord {
  readonly id: string;
  readonly body: string;
  /** The app that its attribute names. */
  readonly appId: string | undefined;
  receives: number;
  visibleAtMs: number;
}

/** A standard SQS queue with its dead-letter queue. */
export interface Queue {
  /** The client that a process puts jobs there by, which may fail or die over it. */
  clientOf(process: Process): SQSClient;
  retrySoonOf(process: Process): RetrySoon;
  /** Puts a job of one app there from outside. */
  put(job: object, appId: string): void;
  /** Deletes records that were dealt with. */
  acknowledge(ids: readonly string[]): void;
  readonly dead: readonly QueueRecord[];
  /** Puts the dead letters back. */
  redrive(): void;
}

/** What the queue is built on, and the function that it feeds. */
export interface QueueOptions {
  readonly scheduler: Scheduler;
  readonly processes: Processes;
  readonly chance: Chance;
  readonly faults: () => Faults;
  readonly deliver: (batch: readonly QueueRecord[]) => void;
}

/** What SQS is told of one job. */
interface Entry {
  readonly MessageBody: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue: string }>>;
  readonly DelaySeconds: number;
}

/** Delivers at least once: sometimes twice, late, in any order, and again after the visibility time-out. */
export function createQueue({ scheduler, processes, chance, faults, deliver }: QueueOptions): Queue {
  const waiting = new Map<string, QueueRecord>();
  const dead: QueueRecord[] = [];
  let sent = 0;

  function put(body: string, appId: string | undefined, delaySeconds: number): void {
    const record = {
      id: `r${++sent}`,
      body,
      appId,
      receives: 0,
      visibleAtMs: scheduler.now() + delaySeconds * 1000,
    };
    waiting.set(record.id, record);
    pollAt(record.visibleAtMs);
  }

  function pollAt(atMs: number): void {
    const { lateDelivery } = faults();
    const late =
      lateDelivery > 0 && chance.happens(lateDelivery) ? chance.between(0, 60_000) : chance.between(5, 60);
    scheduler.after(atMs - scheduler.now() + late, poll);
  }

  function poll(): void {
    const ready = [...waiting.values()].filter(({ visibleAtMs }) => visibleAtMs <= scheduler.now());
    if (ready.length === 0) return;
    if (chance.happens(0.5)) ready.reverse();
    const batch = ready.slice(0, chance.happens(0.3) ? chance.between(1, BATCH_SIZE) : BATCH_SIZE);
    if (batch.length < ready.length) pollAt(scheduler.now());
    const received = batch.filter(receive);
    if (received.length > 0) deliver(received.map((record) => ({ ...record })));
  }

  function receive(record: QueueRecord): boolean {
    if (record.receives >= MAX_RECEIVES) {
      waiting.delete(record.id);
      dead.push(record);
      return false;
    }
    record.receives += 1;
    const { duplicateDelivery } = faults();
    const twice = duplicateDelivery > 0 && chance.happens(duplicateDelivery);
    record.visibleAtMs =
      scheduler.now() + (twice ? chance.between(0, 20_000) : chance.between(...LEFT_HIDDEN_MS));
    pollAt(record.visibleAtMs);
    return true;
  }

  /** SQS takes each entry of a call or refuses it by itself. */
  function putAll(entries: readonly Entry[]) {
    const { failBefore } = faults();
    const Failed = entries.filter(({ MessageBody, MessageAttributes, DelaySeconds }) => {
      if (entries.length > 1 && failBefore > 0 && chance.happens(failBefore)) return true;
      put(MessageBody, MessageAttributes?.['appid']?.StringValue, DelaySeconds);
      return false;
    });
    return { Failed: Failed.map(() => ({ Code: 'InternalError' })) };
  }

  return {
    clientOf(process) {
      const send = ({ input }: { readonly input: Entry & { readonly Entries?: readonly Entry[] } }) => {
        const entries = input.Entries ?? [input];
        return processes.call(process, `enqueue in ${entries[0]?.DelaySeconds} s`, () => putAll(entries));
      };
      return { send } as unknown as SQSClient;
    },
    retrySoonOf: (process) => async (failed) => {
      if (failed.length === 0) return;
      const hideForLess = () => {
        for (const { messageId } of failed) {
          const record = waiting.get(messageId);
          if (!record) continue;
          record.visibleAtMs = scheduler.now() + RETRY_SECONDS * 1000;
          pollAt(record.visibleAtMs);
        }
      };
      await processes.call(process, `retry ${failed.length} soon`, hideForLess).catch(() => undefined);
    },
    put: (job, appId) => put(JSON.stringify(job), appId, 0),
    acknowledge(ids) {
      for (const id of ids) {
        const { lostAck } = faults();
        if (lostAck === 0 || !chance.happens(lostAck)) waiting.delete(id);
      }
    },
    dead,
    redrive() {
      for (const record of dead.splice(0)) {
        waiting.set(record.id, { ...record, receives: 0, visibleAtMs: scheduler.now() });
        pollAt(scheduler.now());
      }
    },
  };
}
