import * as v from 'valibot';
import type { Message } from './message.ts';

/**
 * A job on the queue: try to send this message. It may come twice, late or for nothing; all three are
 * harmless.
 */
export const sendJob = v.strictObject({
  messageId: v.string(),
  /** When the job, or the due entry that it came from, was written for the first time. */
  sinceMs: v.number(),
  /** When its message is due; absent where that is at once. The message itself is what decides. */
  dueAtMs: v.exactOptional(v.number()),
  /** The moment of the due entry that the job came from; absent for one that went straight onto the queue. */
  entryAtMs: v.exactOptional(v.number()),
  /** From when on its message is not sent any more, so that the job asks for no permit then. */
  expiresAtMs: v.exactOptional(v.number()),
});

/** See {@link sendJob}. */
export type SendJob = Readonly<v.InferOutput<typeof sendJob>>;

/** Puts a job on the queue, to come up after `delayMs` (at most {@link LONGEST_QUEUE_DELAY_MS}). */
export type Enqueue = (job: SendJob, delayMs: number) => Promise<void>;

/**
 * An entry of the due index, for a moment further ahead than the queue can delay a job. The dispatcher makes
 * a job of it in time.
 */
export const dueEntry = v.object({
  messageId: v.string(),
  templateId: v.string(),
  sinceMs: v.number(),
  dueAtMs: v.number(),
  expiresAtMs: v.exactOptional(v.number()),
});

/** See {@link dueEntry}. */
export type DueEntry = Readonly<v.InferOutput<typeof dueEntry>>;

/** The due index, as those see it who write entries. */
export interface DueIndexWriter {
  put(entry: DueEntry): Promise<void>;
  /** Removes an entry, whether it is there or not. */
  remove(messageId: string, dueAtMs: number): Promise<void>;
}

/** SQS delays a record by 15 minutes at the most. */
export const LONGEST_QUEUE_DELAY_MS = 15 * 60_000;

/** A job comes up at least this long before its message is due, which leaves time to read and claim. */
const JOB_AHEAD_MS = 500;

/** How long the queue delays the job of a message that is due in `untilDueMs`. */
export function jobDelayMs(untilDueMs: number): number {
  return Math.max(0, untilDueMs - JOB_AHEAD_MS);
}

/**
 * The message as it may be stored: with a due entry where it is due later than the queue can delay its job.
 * The entry is written before the item, so that a crash in between leaves no message without one.
 */
export async function withDueEntry(
  dueEntries: Pick<DueIndexWriter, 'put'>,
  message: Message,
  nowMs: number,
): Promise<Message> {
  const { id: messageId, templateId, dueAtMs, expiresAtMs, dueEntries: before = [] } = message;
  if (dueAtMs - nowMs <= LONGEST_QUEUE_DELAY_MS || before.includes(dueAtMs)) return message;
  const expiry = expiresAtMs !== undefined && { expiresAtMs };
  await dueEntries.put({ messageId, templateId, sinceMs: nowMs, dueAtMs, ...expiry });
  return { ...message, dueEntries: [...before, dueAtMs] };
}

/**
 * Whether another entry of the message is still to come, so that this job is a duplicate. The entries decide
 * and never a margin of time: an early job must not drop the message.
 */
export function hasEntryAhead({ dueEntries = [] }: Pick<Message, 'dueEntries'>, job: SendJob): boolean {
  return dueEntries.some((atMs) => atMs > (job.entryAtMs ?? 0));
}
