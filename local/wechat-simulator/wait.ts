import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after `ms` milliseconds; may reject once `signal` fires. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

/** Real time. A wait that is still running does not keep the process alive. */
export async function realWait(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { ref: false, ...(signal && { signal }) });
}
