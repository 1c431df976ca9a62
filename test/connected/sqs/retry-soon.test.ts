import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { expect, onTestFinished, test } from 'vitest';
import { createRetrySoon, RETRY_SECONDS } from '../../../lib/sqs/process-records.ts';
import { startSqs } from '../../../local/stack/sqs.ts';
import { keptLogs } from '../../support/log-lines.ts';

const contents = v.object({
  messages: v.object({ inflight: v.tuple([v.object({ visibilityDeadline: v.number() })]) }),
});

/** A record that somebody has received, of a queue that hides it for six minutes as the deployed one does. */
async function useReceived() {
  const sqs = await startSqs({ Jobs: { VisibilityTimeout: 360 } });
  onTestFinished(() => sqs.close());
  const { url: QueueUrl = '' } = sqs.queues['Jobs'] ?? {};
  await sqs.client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'job' }));
  const { Messages: [received] = [] } = await sqs.client.send(new ReceiveMessageCommand({ QueueUrl }));
  const logs = keptLogs();
  return {
    logs,
    record: { messageId: received?.MessageId ?? '', receiptHandle: received?.ReceiptHandle ?? '' },
    retrySoon: createRetrySoon(sqs.client, QueueUrl, logs.logger),
    async hiddenSeconds() {
      const answer = await fetch(new URL('/_fauxqs/queues/Jobs', sqs.endpoint));
      const [{ visibilityDeadline }] = v.parse(contents, await answer.json()).messages.inflight;
      return (visibilityDeadline - Date.now()) / 1000;
    },
  };
}

test('a record that failed comes again after a minute, however long the queue hides what is throttled', async () => {
  const { record, retrySoon, hiddenSeconds } = await useReceived();
  expect(await hiddenSeconds()).toBeGreaterThan(300);
  await retrySoon([record]);
  expect(await hiddenSeconds()).toBeLessThanOrEqual(RETRY_SECONDS);
  expect(await hiddenSeconds()).toBeGreaterThan(RETRY_SECONDS - 10);
});

test('where that is refused the record comes again later, and the others are answered all the same', async () => {
  const { record, retrySoon, hiddenSeconds, logs } = await useReceived();
  await retrySoon([{ messageId: 'gone', receiptHandle: 'not a handle' }, record]);
  expect(await hiddenSeconds()).toBeLessThanOrEqual(RETRY_SECONDS);
  expect(logs.lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 'WARN', recordId: 'gone' }]);
});
