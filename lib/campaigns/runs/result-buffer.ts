import type { Clock } from '../../clock.ts';
import { type Contention, retryOnConflict, retryOnFailure } from '../../retry.ts';
import type { Versioned } from '../../versioned.ts';
import type { BatchKey } from './batch.ts';
import {
  type BatchResults,
  difference,
  type Finding,
  isNothing,
  isOpen,
  type RecipientResult,
  tallyOf,
  withFinding,
  withFindings,
} from './results.ts';
import type { RunStore } from './run-store.ts';

export interface ResultBufferServices extends Contention {
  readonly runs: Pick<RunStore, 'loadResults' | 'putResults'>;
  readonly clock: Clock;
  readonly newWorkerId: () => string;
}

/** One worker's hold on a batch, and what it finds out about the batch's recipients. */
export interface ResultBuffer {
  /** What has become of a recipient, as far as this worker knows. */
  resultOf(index: number): RecipientResult | undefined;
  /** Whether results must be read again after each ledger: a recipient may have been claimed although no result says so. */
  needsRecovery(): boolean;
  /** From now on it needs recovery: something failed in the middle of a send. */
  markForRecovery(): void;
  /** Reads what others have written. */
  reload(): Promise<void>;
  /** Whether this worker may begin a send; renews its lease where that runs out. */
  mayBegin(): Promise<boolean>;
  /** Whether the lease holds at this moment. */
  holdsLease(): boolean;
  /** Notes what was found out, which is written within half a second or so. */
  note(index: number, finding: Finding): void;
  /** Writes what was found out, and resolves when it stands in the table. */
  write(index: number, finding: Finding): Promise<void>;
  /**
   * Writes what is left, adds it to the run's counts and gives the batch back. Answers whether nothing is left to do, which is so when
   * each recipient has been dealt with, or by `done`.
   */
  close(options?: { readonly done: boolean }): Promise<boolean>;
}

/** A worker that has not written for so long is taken to be dead. A request and its answer take less. */
export const LEASE_MS = 60_000;
/** With less than this left, the lease is renewed before another send begins. */
const RENEW_MS = 30_000;
/** A worker stops this long before its lease is over: clocks differ. */
const MARGIN_MS = 10_000;
/** Results are gathered for so long. Whoever finds a claim open waits a little longer than that for its result. */
const GATHER_MS = 500;

/** The result buffer of a worker that has just taken the batch. `size` is the number of the batch's recipients. */
export function createResultBuffer(
  services: ResultBufferServices,
  key: BatchKey,
  size: number,
  opened: Versioned<BatchResults>,
  workerId: string,
): ResultBuffer {
  const { runs, clock, sleep } = services;
  /** As it was last read or written. */
  let stored = opened;
  const unwritten = new Map<number, Finding>();
  let markedForRecovery = false;
  let writing: Promise<void> = Promise.resolve();
  let gathering = false;

  const isMine = ({ lease }: BatchResults) => lease?.workerId === workerId;
  const leaseLeftMs = () => (isMine(stored.value) ? (stored.value.lease?.untilMs ?? 0) - clock() : 0);
  const holdsLease = () => leaseLeftMs() > MARGIN_MS;

  /** Writes what `change` makes of what stands there, over whatever others write meanwhile. */
  function put(change: (batch: BatchResults) => BatchResults): Promise<void> {
    const attempt = async () => {
      const noted = change(stored.value);
      // Who has lost the batch counts at once: nobody may come by it again.
      const value = isMine(stored.value) ? noted : { ...noted, counted: tallyOf(noted) };
      const by = difference(stored.value.counted, value.counted);
      const batchDone = value.done && !stored.value.done;
      const tally = batchDone || !isNothing(by) ? { by, batchDone, atMs: clock() } : undefined;
      const written = await runs.putResults(key, { value, version: stored.version }, tally);
      stored = written === 'conflict' ? await runs.loadResults(key) : written;
      return written === 'conflict' ? written : undefined;
    };
    return retryOnFailure(() => retryOnConflict(attempt, services), services);
  }

  /** Writes what has gathered; what `last` makes of the batch goes along. */
  function flush(last?: (batch: BatchResults) => BatchResults): Promise<void> {
    const written = writing.then(async () => {
      const findings = new Map(unwritten);
      await put((batch) => {
        const noted = {
          ...withFindings(batch, findings, isMine(batch)),
          needsRecovery: batch.needsRecovery || markedForRecovery,
        };
        return last ? last(noted) : renewed(noted);
      });
      for (const [index, finding] of findings) {
        if (unwritten.get(index) === finding) unwritten.delete(index);
      }
    });
    writing = written.catch(() => undefined);
    return written;
  }

  function renewed(batch: BatchResults): BatchResults {
    return isMine(batch) ? { ...batch, lease: { workerId, untilMs: clock() + LEASE_MS } } : batch;
  }

  async function gather(): Promise<void> {
    if (gathering) return;
    gathering = true;
    await sleep(GATHER_MS);
    gathering = false;
    // What cannot be written now is written with what comes next, in the end when the batch is given back.
    if (unwritten.size > 0) await flush().catch(() => undefined);
  }

  return {
    resultOf(index) {
      const [before, finding] = [stored.value.results.get(index), unwritten.get(index)];
      return finding ? withFinding(before, finding) : before;
    },

    needsRecovery: () => stored.value.needsRecovery || markedForRecovery,

    markForRecovery() {
      markedForRecovery = true;
    },

    holdsLease,

    reload() {
      // In line with the writes: what was read before a write must not take the place of what was written.
      const read = writing.then(async () => {
        stored = await runs.loadResults(key);
      });
      writing = read.catch(() => undefined);
      return read;
    },

    async mayBegin() {
      if (leaseLeftMs() > 0 && leaseLeftMs() < RENEW_MS) await flush();
      return holdsLease();
    },

    note(index, finding) {
      unwritten.set(index, finding);
      void gather();
    },

    write(index, finding) {
      unwritten.set(index, finding);
      return flush();
    },

    async close(options) {
      await flush(({ lease, ...batch }) => {
        const hasBatch = lease?.workerId === workerId;
        const done = batch.done || (options?.done === true && hasBatch) || isAllClosed(batch, size);
        return {
          ...batch,
          counted: tallyOf(batch),
          done,
          needsRecovery: batch.needsRecovery && !done,
          // Where nothing is left to do nobody needs the batch, not even who has it.
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
