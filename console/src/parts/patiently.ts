import { ApiError } from '../api/api-error.ts';

/** Pauses before the next tries of a part of a long job. */
const PAUSES_MS = [1_000, 2_000, 5_000, 10_000, 15_000];

/** Too many requests. */
const TOO_MANY = 429;

/** Whether the same call may well pass later: the service was not reached, is too busy, or broke down. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof ApiError)) return true;
  const { status } = error.problem;
  return status === TOO_MANY || status >= 500;
}

/**
 * Does one part of a long job, again and again for half a minute where what fails may pass. Only for what may be done
 * twice. @throws ApiError, and what `signal` was aborted with
 */
export async function patiently<T>(part: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    signal?.throwIfAborted();
    try {
      return await part();
    } catch (error) {
      if (!mayPass(error)) throw error;
    }
    await pause(pauseMs);
  }
  signal?.throwIfAborted();
  return part();
}

/** Waits; the page goes on answering. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
