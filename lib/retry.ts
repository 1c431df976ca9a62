import type { Random, Sleep } from './clock.ts';

/** How a read-decide-write cycle that somebody else may disturb is repeated. */
export interface Backoff {
  readonly sleep: Sleep;
  readonly random: Random;
}

/** A record stayed contended through every attempt. Nothing was written; the caller may try again later. */
export class ContentionError extends Error {
  readonly code = 'contention';
  override readonly name = 'ContentionError';
  constructor() {
    super(
      'The record is being changed by too many others at once. Nothing was stored; try again in a few seconds.',
    );
  }
}

/** Enough for fifty writers of one record to get through, since at least one of them does in each round. */
const MAX_ATTEMPTS = 80;
const SHORTEST_PAUSE_MS = 8;
const LONGEST_PAUSE_MS = 300;

/** Repeats `attempt` until it answers something else than `conflict`. @throws ContentionError if never */
export async function retryOnConflict<T>(
  attempt: () => Promise<T | 'conflict'>,
  { sleep, random }: Backoff,
): Promise<T> {
  for (let count = 0; count < MAX_ATTEMPTS; count++) {
    const result = await attempt();
    if (result !== 'conflict') return result;
    await sleep(random() * Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** count));
  }
  throw new ContentionError();
}

const MAX_TRIES = 4;

/** Only this process knows WeChat's answer: a table that fails for a moment must not make it unknown. */
export async function retryOnFailure<T>(write: () => Promise<T>, { sleep, random }: Backoff): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (tries === MAX_TRIES) throw error;
      await sleep(250 * 2 ** tries * (0.5 + random()));
    }
  }
}
