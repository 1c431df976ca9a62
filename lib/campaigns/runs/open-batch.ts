import { retryOnConflict } from '../../retry.ts';
import type { Versioned } from '../../versioned.ts';
import type { BatchKey } from './batch.ts';
import {
  createResultBuffer,
  LEASE_MS,
  type ResultBuffer,
  type ResultBufferServices,
} from './result-buffer.ts';
import { type BatchResults, difference, isNothing, tallyOf } from './results.ts';

/** What came of the wish to work on a batch. */
export type Opening =
  | { readonly type: 'open'; readonly buffer: ResultBuffer }
  | { readonly type: 'done' }
  /** Another worker has it. */
  | { readonly type: 'busy'; readonly untilMs: number };

/**
 * Takes a batch, unless somebody else has it or nothing is left to do. `size` is the number of its recipients, `read` what its results were
 * not long ago.
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

/** Adds to the run's counts what has come in since the batch was done with: a late answer, WeChat's final word. */
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
