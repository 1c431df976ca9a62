/** A note on the queue: try to send this message. It may come twice, late or for nothing; all three are harmless. */
export interface SendJob {
  readonly messageId: string;
  /** When the note was written for the first time. */
  readonly sinceMs: number;
  /** When its message is due; absent where that is at once. The message itself is what decides. */
  readonly dueAtMs?: number;
}

/** Puts a note on the queue, to come up after `delayMs` (at most {@link LONGEST_QUEUE_DELAY_MS}). */
export type Enqueue = (job: SendJob, delayMs: number) => Promise<void>;

/**
 * A note for a moment further ahead than the queue can delay one. It waits in the table until the dispatcher brings it to the queue, and
 * is as harmless as any other when its message is not there, has ended or comes twice.
 */
export interface BookedNote {
  readonly messageId: string;
  readonly templateId: string;
  readonly sinceMs: number;
  readonly dueAtMs: number;
}

/** Whether a message is booked for a moment further ahead than the queue can delay its note. */
export function isFarAhead({ sendAtMs, createdAtMs }: { sendAtMs: number; createdAtMs: number }): boolean {
  return sendAtMs - createdAtMs > LONGEST_QUEUE_DELAY_MS;
}

/** Puts such a note into the table. */
export type BookNote = (note: BookedNote) => Promise<void>;

/** A note comes up at least this long before its message is due, which leaves time to read and claim. */
const NOTE_AHEAD_MS = 500;

/** For how long the queue keeps back the note of a message that is due in `untilDueMs`. */
export function noteDelayMs(untilDueMs: number): number {
  return Math.max(0, untilDueMs - NOTE_AHEAD_MS);
}

/** SQS delays a record by 15 minutes at the most. */
export const LONGEST_QUEUE_DELAY_MS = 15 * 60_000;
