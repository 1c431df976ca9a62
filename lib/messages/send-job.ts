/** A note on the queue: try to send this message. It may come twice, late or for nothing; all three are harmless. */
export interface SendJob {
  readonly messageId: string;
  /** When the note was written for the first time. */
  readonly sinceMs: number;
}

/** Puts a note on the queue, to come up after `delayMs` (at most {@link LONGEST_QUEUE_DELAY_MS}). */
export type Enqueue = (job: SendJob, delayMs: number) => Promise<void>;

/** SQS delays a record by 15 minutes at the most. */
export const LONGEST_QUEUE_DELAY_MS = 15 * 60_000;
