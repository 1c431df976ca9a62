import type { Contention } from '../retry-on-conflict.ts';

const MOST_TRIES = 4;

/** WeChat's answer is known to this process alone: a table that fails for a moment must not turn it into an unknown. */
export async function retryOnFailure<T>(write: () => Promise<T>, { sleep, random }: Contention): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (tries === MOST_TRIES) throw error;
      await sleep(250 * 2 ** tries * (0.5 + random()));
    }
  }
}
