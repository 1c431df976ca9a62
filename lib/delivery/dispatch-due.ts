import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Message } from '../messages/message.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { type BookedNote, type Enqueue, noteDelayMs } from '../messages/send-job.ts';
import { changed, type Stored } from '../stored.ts';

/** The messages that wait in the due index, oldest first. */
export interface DueIndex {
  /** The shards that the index is spread over. */
  readonly shards: readonly number[];
  /** Up to one page of a shard's messages that are due before `beforeMs`. */
  due(shard: number, beforeMs: number): Promise<readonly Stored<Message>[]>;
}

/** The notes of booked messages that wait in the table. */
export interface BookedNotes {
  /** The shards that they are spread over. */
  readonly shards: readonly number[];
  /** Up to one page of a shard's notes that are due before `beforeMs`, oldest first, behind `after`, or else behind the shard's cursor. */
  next(shard: number, beforeMs: number, after?: string): Promise<NotePage>;
  /** Moves a shard's cursor there, unless it is further already. */
  moveCursor(shard: number, place: string): Promise<void>;
}

/** Notes, and the place of the last of them; without a place there are no more. */
export interface NotePage {
  readonly notes: readonly BookedNote[];
  readonly place?: string;
}

/** What dispatching needs from outside. */
export interface DispatchServices {
  readonly store: Pick<MessageStore, 'commit'>;
  readonly dueIndex: DueIndex;
  readonly bookedNotes: BookedNotes;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * How far ahead of its moment a message goes onto the queue, which then holds it back to the second. Longer than the
 * minute between two ticks, so that a tick that comes late or not at all makes no message late.
 */
export const DISPATCH_AHEAD_MS = 5 * 60_000;

/** Hands everything that is due soon, or overdue after an outage, to the queue. Returns how many messages it handed over. */
export async function dispatchDue(services: DispatchServices, deadlineMs: number): Promise<number> {
  const counts = await Promise.all([
    ...services.bookedNotes.shards.map((shard) => dispatchNotes(services, shard, deadlineMs)),
    ...services.dueIndex.shards.map((shard) => dispatchShard(services, shard, deadlineMs)),
  ]);
  const handedOver = counts.reduce((sum, count) => sum + count, 0);
  if (handedOver > 0) services.logger.info('due messages handed to the queue', { handedOver });
  return handedOver;
}

/**
 * Queue first, cursor second: a crash in between hands notes over twice, which is harmless. No note is ever put behind the cursor: one
 * is due more than fifteen minutes after it is put there, and the cursor is never more than {@link DISPATCH_AHEAD_MS} ahead of now.
 */
async function dispatchNotes(services: DispatchServices, shard: number, deadlineMs: number): Promise<number> {
  const { bookedNotes, clock } = services;
  let handedOver = 0;
  let reached: string | undefined;
  try {
    while (clock() < deadlineMs) {
      const { notes, place } = await bookedNotes.next(shard, clock() + DISPATCH_AHEAD_MS, reached);
      if (place === undefined) break;
      await Promise.all(notes.map((note) => enqueueNote(services, note)));
      handedOver += notes.length;
      reached = place;
    }
    return handedOver;
  } finally {
    // Once, because each move is a write.
    if (reached !== undefined) await bookedNotes.moveCursor(shard, reached);
  }
}

function enqueueNote({ enqueue, clock }: DispatchServices, note: BookedNote): Promise<void> {
  const { messageId, sinceMs, dueAtMs } = note;
  return enqueue({ messageId, sinceMs, dueAtMs }, noteDelayMs(dueAtMs - clock()));
}

/** The messages with records of their own: those that were put off, and those that the ledger had no room for. */
async function dispatchShard(services: DispatchServices, shard: number, deadlineMs: number): Promise<number> {
  let handedOver = 0;
  while (services.clock() < deadlineMs) {
    const page = await services.dueIndex.due(shard, services.clock() + DISPATCH_AHEAD_MS);
    const results = await Promise.all(page.map((message) => handOver(services, message)));
    const unparked = results.filter((done) => done).length;
    handedOver += unparked;
    // An index that still shows what was just taken out of it must not be read in circles.
    if (unparked === 0) break;
  }
  return handedOver;
}

/** Queue first, index second: a crash in between hands the message over twice, which is harmless. */
async function handOver(services: DispatchServices, message: Stored<Message>): Promise<boolean> {
  const nowMs = services.clock();
  await services.enqueue(
    { messageId: message.value.id, sinceMs: nowMs, dueAtMs: message.value.dueAtMs },
    noteDelayMs(message.value.dueAtMs - nowMs),
  );
  const result = await services.store.commit({
    message: changed(message, { ...message.value, parked: false }),
  });
  return result === 'committed';
}
