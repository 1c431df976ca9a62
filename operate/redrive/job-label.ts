import { cardOwner } from '../../lib/cards/card.ts';
import { isCardJob } from '../../lib/cards/card-job.ts';
import { openidOf } from '../../lib/messages/message.ts';
import { readEventJob, readRunJob, readSendJob } from '../../lib/sqs/sqs-queues.ts';

const LABELS: readonly ((body: string) => string | undefined)[] = [
  (body) => {
    const job = readSendJob(body);
    if (isCardJob(job)) return cardOwner(job.cardId) === undefined ? undefined : job.cardId;
    return openidOf(job.messageId) === undefined ? undefined : job.messageId;
  },
  (body) => {
    const job = readEventJob(body);
    if (job.type === 'card') return `WeChat: card, ${job.receipt.openid}`;
    return job.type === 'other' ? `WeChat: ${job.name}` : `WeChat: ${job.event.type}, ${job.event.openid}`;
  },
  (body) => {
    const { type, campaignId, runId } = readRunJob(body);
    return `${campaignId} ${runId}: ${type}`;
  },
];

/** What a record of any of our queues is about; undefined for one that is no job of ours. */
export function jobLabel(body: string): string | undefined {
  for (const label of LABELS) {
    try {
      return label(body);
    } catch {
      // Not of this queue; perhaps of the next.
    }
  }
  return undefined;
}
