import type { Contention } from '../retry.ts';

/** What the bus refuses is tried again so often before the stream brings it again, with all that came after it. */
const TRIES = 4;
/** Doubles with each try: 0.2, 0.4 and 0.8 seconds, give or take a half. */
const FIRST_PAUSE_MS = 200;

/** Publishes, and publishes again by themselves those that were refused. Answers what is refused to the last. */
export async function publishPersistently<Item>(
  publish: (items: readonly Item[]) => Promise<readonly Item[]>,
  items: readonly Item[],
  { sleep, random }: Contention,
): Promise<readonly Item[]> {
  let left = items;
  for (let tries = 1; ; tries++) {
    left = await publish(left);
    if (left.length === 0 || tries === TRIES) return left;
    await sleep(FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + random()));
  }
}
