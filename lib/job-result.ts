/** The result of a job from a queue: it is done, or comes up again later. */
export type JobResult =
  | { readonly type: 'done' }
  | {
      readonly type: 'later';
      readonly delayMs: number;
      /** When its message is due, where the job comes up a little ahead of that. */
      readonly dueAtMs?: number;
    };

/** Nothing is left to do for a job. */
export const DONE: JobResult = { type: 'done' };
