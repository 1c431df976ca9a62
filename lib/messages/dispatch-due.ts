import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { type DueEntry, type Enqueue, jobDelayMs } from './send-job.ts';

/**
 * The due index: entries by the moment they are due, and for each shard a cursor that says up to where they
 * are on the queue.
 */
export interface DueIndexReader {
  /** The shards that it is spread over. */
  readonly shards: readonly number[];
  /** The cursor of each shard that has one. A cursor may be older than the last that was stored. */
  cursors(): Promise<ReadonlyMap<number, string>>;
  /** Up to one page of a shard's entries due before `beforeMs`, oldest first, behind `after` if given. */
  next(shard: number, beforeMs: number, after: string | undefined): Promise<DuePage>;
  /** Moves a shard's cursor there, unless it is further already. */
  moveCursor(shard: number, cursor: string): Promise<void>;
}

/** Entries, and the cursor behind the last of them; without a cursor there are no more. */
interface DuePage {
  readonly entries: readonly DueEntry[];
  readonly cursor?: string;
}

interface DispatchServices {
  readonly dueIndex: DueIndexReader;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * How far ahead of its moment a job goes onto the queue, which then holds it back to the second. Longer than
 * the minute between two ticks, so that a tick that comes late or not at all makes no message late.
 */
export const DISPATCH_AHEAD_MS = 5 * 60_000;

/** Makes jobs of all entries that are due soon, or overdue after an outage. Returns how many. */
export async function dispatchDue(services: DispatchServices, deadlineMs: number): Promise<number> {
  const cursors = await services.dueIndex.cursors();
  const counts = await Promise.all(
    services.dueIndex.shards.map((shard) => dispatchShard(services, shard, cursors.get(shard), deadlineMs)),
  );
  const handedOver = counts.reduce((sum, count) => sum + count, 0);
  if (handedOver > 0) services.logger.info('due messages handed to the queue', { handedOver });
  return handedOver;
}

/**
 * Queue first, cursor second: a crash in between makes jobs of the same entries twice, and so does an old
 * cursor; both are harmless. No entry is ever put behind the cursor: one is due more than fifteen minutes after
 * it is put there, and the cursor is never more than {@link DISPATCH_AHEAD_MS} ahead of now.
 */
async function dispatchShard(
  services: DispatchServices,
  shard: number,
  cursorBefore: string | undefined,
  deadlineMs: number,
): Promise<number> {
  const { dueIndex, clock } = services;
  let handedOver = 0;
  let reached: string | undefined;
  try {
    while (clock() < deadlineMs) {
      const { entries, cursor } = await dueIndex.next(
        shard,
        clock() + DISPATCH_AHEAD_MS,
        reached ?? cursorBefore,
      );
      if (cursor === undefined) break;
      await Promise.all(entries.map((entry) => enqueueEntry(services, entry)));
      handedOver += entries.length;
      reached = cursor;
    }
    return handedOver;
  } finally {
    // Once, because each move is a write.
    if (reached !== undefined) await dueIndex.moveCursor(shard, reached);
  }
}

function enqueueEntry({ enqueue, clock }: DispatchServices, entry: DueEntry): Promise<void> {
  const { templateId: _, ...job } = entry;
  return enqueue({ ...job, entryAtMs: job.dueAtMs }, jobDelayMs(job.dueAtMs - clock()));
}
