import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetters } from '../apps/app-state.ts';

/**
 * Counts what lies in the dead-letter queues, by what they are of. SQS tells about how many there are, some
 * seconds late.
 */
export async function countDeadLetters(
  sqs: SQSClient,
  urls: Readonly<Record<keyof DeadLetters, string>>,
): Promise<DeadLetters> {
  const count = async (QueueUrl: string) => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
  };
  const [sends, campaigns, events, changes] = await Promise.all(
    [urls.sends, urls.campaigns, urls.events, urls.changes].map(count),
  );
  return { sends: sends ?? 0, campaigns: campaigns ?? 0, events: events ?? 0, changes: changes ?? 0 };
}
