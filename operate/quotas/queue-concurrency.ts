/** The params that say how many batches of each queue run at once, and the function that runs them. */
export const QUEUE_PARAMS = {
  senderConcurrency: 'send-messages',
  campaignConcurrency: 'send-campaign',
  eventConcurrency: 'process-events',
} as const;

/** One of {@link QUEUE_PARAMS}. */
export type QueueParam = keyof typeof QUEUE_PARAMS;

/** How many batches of each queue run at once. */
export type QueueConcurrency = Readonly<Record<QueueParam, number>>;

/** What the queues may take of an account's concurrency. The rest is for users, WeChat's pushes and the clock. */
const SHARE = 0.6;

/** Lambda takes no lower maximum concurrency of a queue. */
const LEAST = 2;

/** All batches that may run at once. */
export function sumOf(wanted: QueueConcurrency): number {
  return wanted.senderConcurrency + wanted.campaignConcurrency + wanted.eventConcurrency;
}

/** The concurrency that an account needs so that these queues leave room for the rest. */
export function roomFor(wanted: QueueConcurrency): number {
  return Math.ceil(sumOf(wanted) / SHARE);
}

/** Each queue's concurrency, made smaller in proportion until the account has room for it. */
export function fitConcurrency(wanted: QueueConcurrency, available: number): QueueConcurrency {
  const factor = Math.min(1, (available * SHARE) / sumOf(wanted));
  const fit = (concurrency: number) => Math.max(LEAST, Math.floor(concurrency * factor));
  return {
    senderConcurrency: fit(wanted.senderConcurrency),
    campaignConcurrency: fit(wanted.campaignConcurrency),
    eventConcurrency: fit(wanted.eventConcurrency),
  };
}
