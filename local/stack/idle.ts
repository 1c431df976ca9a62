import type { Activity } from './activity.ts';
import type { LocalSqs } from './sqs.ts';

/** A failed record comes back, and a delayed one comes due, without anything of ours starting or ending. */
const LOOK_AGAIN_MS = 25;

/** Resolves when nothing runs and the queues hold nothing visible, in flight or due within `dueWithinMs`. */
export async function untilIdle(options: {
  activity: Activity;
  sqs: LocalSqs;
  queueNames: readonly string[];
  dueWithinMs: number;
}): Promise<void> {
  while (!(await isIdle(options))) await options.activity.change(LOOK_AGAIN_MS);
}

async function isIdle({
  activity,
  sqs,
  queueNames,
  dueWithinMs,
}: Parameters<typeof untilIdle>[0]): Promise<boolean> {
  const startedBefore = activity.started();
  const contents = await Promise.all(queueNames.map((name) => sqs.contents(name)));
  const dueBefore = Date.now() + dueWithinMs;
  const queuesAreEmpty = contents.every(
    ({ visible, inFlight, delayed }) =>
      visible.length === 0 && inFlight.length === 0 && delayed.every(({ dueAtMs }) => dueAtMs > dueBefore),
  );
  // A function that started while we looked may have put something on a queue behind our back.
  return queuesAreEmpty && activity.running() === 0 && activity.started() === startedBefore;
}
