import type { Clock } from '../../clock.ts';
import { type Backoff, retryOnConflict, retryOnFailure } from '../../retry.ts';
import type { Versioned } from '../../versioned.ts';
import type { BatchKey } from './batch.ts';
import {
  type BatchResults,
  difference,
  isNothing,
  isOpen,
  type NewResult,
  tallyOf,
  withNewResult,
  withNewResults,
} from './results.ts';
import type { RunStore } from './run-store.ts';

export interface ResultBufferServices extends Backoff {
  readonly runs: Pick<RunStore, 'loadResults' | 'putResults'>;
  readonly clock: Clock;
  readonly newWorkerId: () => string;
}

/** A worker that has not written for so long is taken to be dead. A request and its answer take less. */
const LEASE_MS = 60_000;
/** With less than this left, the lease is renewed before another send begins. */
const RENEW_MS = 30_000;
/** A worker stops this long before its lease ends: clocks differ. */
const MARGIN_MS = 10_000;
/** Results are gathered for so long. Who finds a claim open waits a little longer for its result. */
const GATHER_MS = 500;

/** The buffer of a batch that was opened; `busy`: another worker has the batch. */
type Opening =
  | { readonly type: 'open'; readonly buffer: ResultBuffer }
  | { readonly type: 'done' }
  | { readonly type: 'busy'; readonly untilMs: number };

/**
 * Takes a batch, unless another worker has it or nothing is left to do. `size` is the number of its
 * recipients, and `read` are its results as they were read before.
 */
export function openBatch(
  services: ResultBufferServices,
  key: BatchKey,
  size: number,
  read: Versioned<BatchResults>,
): Promise<Opening> {
  const { runs, clock } = services;
  let known: Versioned<BatchResults> | undefined = read;
  return retryOnConflict(async () => {
    const stored = known ?? (await runs.loadResults(key));
    known = undefined;
    const { lease, needsRecovery, done } = stored.value;
    if (done) return (await countLate(services, key, stored)) === 'conflict' ? 'conflict' : { type: 'done' };
    if (lease && lease.untilMs > clock()) return { type: 'busy', untilMs: lease.untilMs };
    const workerId = services.newWorkerId();
    const taken: BatchResults = {
      ...stored.value,
      lease: { workerId, untilMs: clock() + LEASE_MS },
      needsRecovery: needsRecovery || lease !== undefined,
    };
    const written = await runs.putResults(key, { value: taken, version: stored.version });
    if (written === 'conflict') return written;
    return { type: 'open', buffer: createResultBuffer(services, key, size, written, workerId) };
  }, services);
}

/** Adds to the run's tally what came in after the batch was done: late answers and delivery receipts. */
async function countLate(
  { runs, clock }: ResultBufferServices,
  key: BatchKey,
  { value, version }: Versioned<BatchResults>,
): Promise<'committed' | 'conflict'> {
  const counted = tallyOf(value);
  const by = difference(value.counted, counted);
  if (isNothing(by)) return 'committed';
  const change = { by, batchDone: false, atMs: clock() };
  const written = await runs.putResults(key, { value: { ...value, counted }, version }, change);
  return written === 'conflict' ? written : 'committed';
}

/** One worker's hold on a batch, and its results that are not written yet. */
export type ResultBuffer = ReturnType<typeof createResultBuffer>;

function createResultBuffer(
  services: ResultBufferServices,
  key: BatchKey,
  size: number,
  opened: Versioned<BatchResults>,
  workerId: string,
) {
  const { runs, clock, sleep } = services;
  /** As last read or written. */
  let stored = opened;
  const unwritten = new Map<number, NewResult>();
  let markedForRecovery = false;
  let writing: Promise<void> = Promise.resolve();
  let gathering = false;

  const isLeasedHere = ({ lease }: BatchResults) => lease?.workerId === workerId;
  const leaseLeftMs = () => (isLeasedHere(stored.value) ? (stored.value.lease?.untilMs ?? 0) - clock() : 0);
  const holdsLease = () => leaseLeftMs() > MARGIN_MS;

  /** Writes what `change` makes of the stored results, over whatever others write meanwhile. */
  function put(change: (batch: BatchResults) => BatchResults): Promise<void> {
    const attempt = async () => {
      const changed = change(stored.value);
      // A worker that has lost the batch counts at once: no other may open it again.
      const value = isLeasedHere(stored.value) ? changed : { ...changed, counted: tallyOf(changed) };
      const by = difference(stored.value.counted, value.counted);
      const batchDone = value.done && !stored.value.done;
      const tally = batchDone || !isNothing(by) ? { by, batchDone, atMs: clock() } : undefined;
      const written = await runs.putResults(key, { value, version: stored.version }, tally);
      stored = written === 'conflict' ? await runs.loadResults(key) : written;
      return written === 'conflict' ? written : undefined;
    };
    return retryOnFailure(() => retryOnConflict(attempt, services), services);
  }

  /** Writes what has gathered, with what `last` makes of the batch. */
  function flush(last = renewed): Promise<void> {
    const written = writing.then(async () => {
      const newResults = new Map(unwritten);
      await put((batch) =>
        last({
          ...withNewResults(batch, newResults, isLeasedHere(batch)),
          needsRecovery: batch.needsRecovery || markedForRecovery,
        }),
      );
      for (const [index, newResult] of newResults) {
        if (unwritten.get(index) === newResult) unwritten.delete(index);
      }
    });
    writing = written.catch(() => undefined);
    return written;
  }

  function renewed(batch: BatchResults): BatchResults {
    return isLeasedHere(batch) ? { ...batch, lease: { workerId, untilMs: clock() + LEASE_MS } } : batch;
  }

  async function gather(): Promise<void> {
    if (gathering) return;
    gathering = true;
    await sleep(GATHER_MS);
    gathering = false;
    // What cannot be written now is written with what comes next, at last when the batch is given back.
    if (unwritten.size > 0) await flush().catch(() => undefined);
  }

  return {
    /** A recipient's result, as far as this worker knows. */
    resultOf(index: number) {
      const [before, newResult] = [stored.value.results.get(index), unwritten.get(index)];
      return newResult ? withNewResult(before, newResult) : before;
    },

    /** Whether results are read after each ledger: a recipient may be claimed although none says so. */
    needsRecovery: () => stored.value.needsRecovery || markedForRecovery,

    /** From now on the batch needs recovery: something failed in the middle of a send. */
    markForRecovery(): void {
      markedForRecovery = true;
    },

    holdsLease,

    /** Reads what others have written. */
    reload(): Promise<void> {
      // In line with the writes: what was read before a write must not take the place of what was written.
      const read = writing.then(async () => {
        stored = await runs.loadResults(key);
      });
      writing = read.catch(() => undefined);
      return read;
    },

    /** Whether this worker may begin a send. Renews a lease that runs out. */
    async mayBegin(): Promise<boolean> {
      if (leaseLeftMs() > 0 && leaseLeftMs() < RENEW_MS) await flush();
      return holdsLease();
    },

    /** Adds a finding, which is written within about half a second. */
    add(index: number, newResult: NewResult): void {
      unwritten.set(index, newResult);
      void gather();
    },

    /** Writes a finding, and resolves when it is stored. */
    write(index: number, newResult: NewResult): Promise<void> {
      unwritten.set(index, newResult);
      return flush();
    },

    /**
     * Writes what is left, adds it to the run's tally and gives the batch back. Answers whether nothing is
     * left to do: each recipient is dealt with, or the caller says `done`.
     */
    async close(options?: { readonly done: boolean }): Promise<boolean> {
      await flush(({ lease, ...batch }) => {
        const hasBatch = lease?.workerId === workerId;
        const done = batch.done || (options?.done === true && hasBatch) || isAllClosed(batch, size);
        return {
          ...batch,
          counted: tallyOf(batch),
          done,
          needsRecovery: batch.needsRecovery && !done,
          // A batch that is done with needs no worker, not even another one that has it.
          ...(lease && !done && !hasBatch && { lease }),
        };
      });
      return stored.value.done;
    },
  };
}

function isAllClosed({ results }: BatchResults, size: number): boolean {
  return Array.from({ length: size }, (_, index) => results.get(index)).every((result) => !isOpen(result));
}
