import type { DynamoDBBatchResponse } from 'aws-lambda';
import type { RunRecord } from '../../lib/campaigns/runs/run.ts';
import type { Ledger } from '../../lib/grants/ledger.ts';
import type { StreamRecord } from '../../lib/stream/stream-record.ts';
import type { Chance } from './chance.ts';
import type { Kernel } from './kernel.ts';
import type { End } from './processes.ts';
import type { Scheduler } from './scheduler.ts';
import type { TableWrite } from './table.ts';

/** A write on the stream, with the partition key of its item. */
export interface StreamEntry {
  readonly sequenceNumber: string;
  readonly appId: string;
  readonly pk: string;
  readonly change: StreamRecord;
}

/** What the stream is built on, and the function that it feeds. */
export interface StreamOptions {
  readonly kernel: Kernel;
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly deliver: (batch: readonly StreamEntry[], ended: (end: End<DynamoDBBatchResponse>) => void) => void;
}

const BATCH_SIZE = 25;
const AGAIN_AFTER_MS = 1_000;

/**
 * The table's stream, of all apps: writes in their order, to one function at a time. What a function did not
 * get done comes again, with all that is behind it.
 */
export function createStream({ kernel, scheduler, chance, deliver }: StreamOptions) {
  const waiting: StreamEntry[] = [];
  let isBusy = false;
  let count = 0;

  function poll(): void {
    if (isBusy || waiting.length === 0) return;
    isBusy = true;
    const batch = waiting.slice(0, BATCH_SIZE);
    deliver(batch, (end) => {
      isBusy = false;
      const first = end.type === 'returned' ? end.value.batchItemFailures[0]?.itemIdentifier : undefined;
      const failed = batch.findIndex(({ sequenceNumber }) => sequenceNumber === first);
      if (end.type === 'returned') waiting.splice(0, first === undefined ? batch.length : failed);
      if (waiting.length > 0) scheduler.after(end.type === 'returned' ? 0 : AGAIN_AFTER_MS, poll);
    });
  }

  function put(appId: string, pk: string, change: Unnumbered): void {
    const sequenceNumber = String(++count);
    const atMs = Math.floor(scheduler.now() / 1_000) * 1_000;
    waiting.push({ sequenceNumber, appId, pk, change: { ...change, id: `write ${count}`, atMs } });
    if (waiting.length === 1) scheduler.after(chance.between(50, 1_000), poll);
  }

  /** Takes up the writes of one app. */
  function writesOf(appId: string) {
    const ledgers = new Map<string, Ledger>();
    const runs = new Map<string, RunRecord>();
    const ofUser = (openid: string) => kernel.userPartition({ appId }, openid);

    return {
      written({ ledger, records = [], run, results }: TableWrite): void {
        if (ledger) {
          const before = ledgers.get(ledger.openid);
          ledgers.set(ledger.openid, ledger);
          put(appId, ofUser(ledger.openid), { type: 'ledger', ...(before && { before }), after: ledger });
        }
        for (const { message, before } of records)
          put(appId, ofUser(message.openid), {
            type: 'message',
            ...(before && { before }),
            after: message,
          });
        if (run) {
          const before = runs.get(run.id);
          runs.set(run.id, run);
          const pk = kernel.campaignPartition({ appId }, run.campaignId);
          put(appId, pk, { type: 'run', ...(before && { before }), after: run });
        }
        if (results) {
          const { key, before, after } = results;
          const pk = kernel.runShardPartition({ appId }, key);
          put(appId, pk, { type: 'results', key, before: before.results, after: after.results });
        }
      },
      deleted(openid: string): void {
        const before = ledgers.get(openid);
        ledgers.delete(openid);
        if (before) put(appId, ofUser(openid), { type: 'ledger', before });
      },
    };
  }

  return { writesOf };
}

type Unnumbered = StreamRecord extends infer R ? (R extends unknown ? Omit<R, 'id' | 'atMs'> : never) : never;
