import * as v from 'valibot';

/** A job on the send queue: look after this card. It may come twice, late or for nothing; all are harmless. */
export const cardJob = v.strictObject({
  cardId: v.string(),
  /** The change that the job was made for; it does whatever is next all the same. */
  changeId: v.string(),
  /** When the change was asked for. */
  sinceMs: v.number(),
});

/** See {@link cardJob}. */
export type CardJob = Readonly<v.InferOutput<typeof cardJob>>;

/** Puts a job on the queue, to come up after `delayMs` (0 by default). */
export type EnqueueCard = (job: CardJob, delayMs?: number) => Promise<void>;

/** Whether a job of the send queue is about a card. */
export function isCardJob(job: object): job is CardJob {
  return 'cardId' in job;
}
