import type { Permit, RateLimiter } from '../limits/rate-limiter.ts';
import type { SendJob } from '../sends/send-job.ts';
import { isPending } from './message.ts';
import type { MessageStore } from './message-store.ts';

/** A message's turn under the rate limit of all sending and, while WeChat refuses some template, under that of its own. */
export async function permitFor(
  { rateLimiter, store }: { readonly rateLimiter: RateLimiter; readonly store: Pick<MessageStore, 'load'> },
  job: SendJob,
): Promise<Permit> {
  const ofAll = await rateLimiter.acquire(job.dueAtMs);
  if (ofAll.type === 'later' || !(await rateLimiter.holdsTemplates())) return ofAll;
  const { message } = await store.load(job.messageId);
  return message && isPending(message.value) ? rateLimiter.acquireFor(message.value.templateId) : ofAll;
}
