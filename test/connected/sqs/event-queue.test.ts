import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import { createEnqueue, readEventJob } from '../../../lib/sqs/sqs-queues.ts';
import type { EventJob } from '../../../lib/wechat-events/event-job.ts';
import { startSqs } from '../../../local/stack/sqs.ts';

async function useQueue() {
  const sqs = await startSqs({ Events: {} });
  onTestFinished(() => sqs.close());
  const { url = '' } = sqs.queues['Events'] ?? {};
  const receive = async () => {
    const { Messages = [] } = await sqs.client.send(new ReceiveMessageCommand({ QueueUrl: url }));
    return Messages.map(({ Body = '' }) => Body);
  };
  return { sqs, receive, enqueue: createEnqueue<EventJob>(sqs.client, url, 'wx1') };
}

const JOBS: EventJob[] = [
  {
    type: 'subscribe',
    event: {
      type: 'popup',
      openid: 'o1',
      createdAtMs: 1,
      items: [
        { templateId: 'T1', status: 'accept', scene: 0 },
        { templateId: 'T2', status: 'reject' },
      ],
    },
  },
  {
    type: 'subscribe',
    event: {
      type: 'sent',
      openid: 'o1',
      createdAtMs: 1,
      items: [
        { templateId: 'T1', msgid: '1700000000000000001', errcode: 0, errorStatus: 'success' },
        { templateId: 'T1', errcode: -1, errorStatus: '' },
      ],
    },
  },
  { type: 'other', name: 'text', fields: { Content: '在吗', List: [{ a: 1 }] } },
];

test.each(JOBS.map((job) => [job]))('%j comes off the queue as it was put there', async (job) => {
  const { enqueue, receive } = await useQueue();
  await enqueue(job);
  const [body = ''] = await receive();
  expect(readEventJob(body)).toEqual(job);
});

test('characters that SQS does not take are written in others', async () => {
  const { enqueue, receive } = await useQueue();
  const job: EventJob = { type: 'other', name: 'text', fields: { Content: 'a\u0000\ufffe\uffff\ud800b' } };
  await enqueue(job);
  const [body = ''] = await receive();
  // What SQS takes is what XML can hold.
  expect(body).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd]*$/);
  expect(readEventJob(body)).toEqual(job);
});

test('a delay is kept, up to what SQS can', async () => {
  const { enqueue, sqs } = await useQueue();
  await enqueue(JOBS[2]!, 60_000);
  await enqueue(JOBS[2]!, 3_600_000);
  const { delayed } = await sqs.contents('Events');
  const seconds = delayed
    .map(({ dueAtMs }) => Math.round((dueAtMs - Date.now()) / 1000))
    .sort((a, b) => a - b);
  expect(seconds).toEqual([60, 900]);
});
