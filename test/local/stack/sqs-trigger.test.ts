import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import type { LambdaHandler } from '../../../local/stack/invoke.ts';
import { FROM_JOBS, useRunner } from '../../support/runner.ts';

/** What the function was given: for each call the bodies, with how often each had been received. */
function recording(answer: (event: SQSEvent) => unknown) {
  const calls: string[][] = [];
  const handler: LambdaHandler = async (event) => {
    const { Records } = event as SQSEvent;
    calls.push(Records.map((record) => `${record.body}#${record.attributes.ApproximateReceiveCount}`));
    return answer({ Records });
  };
  return { calls, handler };
}

const withBody = (event: SQSEvent, body: string) =>
  event.Records.filter((record) => record.body === body).map(({ messageId }) => ({
    itemIdentifier: messageId,
  }));

const QUICK = { VisibilityTimeout: 1 };

test('a record has the attributes that the service gives it', async () => {
  let record: SQSEvent['Records'][number] | undefined;
  const handler: LambdaHandler = (event) => {
    record = (event as SQSEvent).Records[0];
  };
  const { runner, send } = await useRunner({ work: { events: [FROM_JOBS], handler } });
  await send(['{"a":1}']);
  await runner.idle();
  expect(record).toMatchObject({
    messageId: expect.stringMatching(/.+/),
    receiptHandle: expect.stringMatching(/.+/),
    body: '{"a":1}',
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.stringMatching(/^\d{13}$/) },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: expect.stringMatching(/^arn:aws:sqs:.*:Jobs$/),
  });
});

test('what a message says beside its body comes with each delivery, and into the dead-letter queue', async () => {
  const apps: unknown[] = [];
  const handler: LambdaHandler = (event) => {
    const { Records } = event as SQSEvent;
    apps.push(...Records.map(({ messageAttributes }) => messageAttributes['appid']));
    return Promise.reject(new Error('no'));
  };
  const { runner, sqs } = await useRunner({ work: { events: [FROM_JOBS], handler } }, { jobs: QUICK });
  const MessageAttributes = { appid: { DataType: 'String', StringValue: 'wx2' } };
  const QueueUrl = sqs.queues['Jobs']!.url;
  await sqs.client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'of wx2', MessageAttributes }));
  await runner.idle();
  expect(apps).toHaveLength(2);
  for (const app of apps) expect(app).toMatchObject({ dataType: 'String', stringValue: 'wx2' });
  expect((await sqs.contents('DeadJobs')).visible).toMatchObject([
    { body: 'of wx2', messageAttributes: MessageAttributes },
  ]);
});

test('only the records that are reported as failed come again', async () => {
  let failOnce = true;
  const { calls, handler } = recording((event) => {
    const batchItemFailures = failOnce ? withBody(event, 'bad') : [];
    failOnce = false;
    return { batchItemFailures };
  });
  const { runner, send } = await useRunner({ work: { events: [FROM_JOBS], handler } }, { jobs: QUICK });
  await send(['good', 'bad', 'fine']);
  await runner.idle();
  expect(calls).toEqual([['good#1', 'bad#1', 'fine#1'], ['bad#2']]);
});

test.each<[string, (event: SQSEvent) => unknown]>([
  ['throws', () => Promise.reject(new Error('no'))],
  ['names a record that is not of the batch', () => ({ batchItemFailures: [{ itemIdentifier: 'other' }] })],
  ['answers with a misspelt field', () => ({ batchItemFailures: [{ id: 'x' }] })],
])('a function that %s gets the whole batch again', async (_, wrongAnswer) => {
  let wrong = true;
  const { calls, handler } = recording((event) => {
    const answer = wrong ? wrongAnswer(event) : undefined;
    wrong = false;
    return answer;
  });
  const { runner, send } = await useRunner({ work: { events: [FROM_JOBS], handler } }, { jobs: QUICK });
  await send(['a', 'b']);
  await runner.idle();
  expect(calls.map((call) => call.toSorted())).toEqual([
    ['a#1', 'b#1'],
    ['a#2', 'b#2'],
  ]);
});

test('a record that always fails ends in the dead-letter queue', async () => {
  const { calls, handler } = recording((event) => ({ batchItemFailures: withBody(event, 'poison') }));
  const { runner, sqs, send } = await useRunner({ work: { events: [FROM_JOBS], handler } }, { jobs: QUICK });
  await send(['poison']);
  await runner.idle();
  expect(calls).toEqual([['poison#1'], ['poison#2']]);
  expect((await sqs.contents('DeadJobs')).visible.map((message) => message.body)).toEqual(['poison']);
});

// A busy machine may be slow for a moment.
test('a delayed message comes when it is due, not before', { retry: 2 }, async () => {
  let receivedAtMs = 0;
  const handler: LambdaHandler = () => {
    receivedAtMs = Date.now();
  };
  const { runner, send } = await useRunner({ work: { events: [FROM_JOBS], handler } });
  const sentAtMs = Date.now();
  await send(['later'], 1);
  await runner.idle();
  expect(receivedAtMs).toBe(0);
  await runner.idle({ dueWithinMs: 1500 });
  expect(receivedAtMs - sentAtMs).toBeGreaterThanOrEqual(1000);
  expect(receivedAtMs - sentAtMs).toBeLessThan(1500);
});

test('several batches run at once, and no more than allowed', async () => {
  let running = 0;
  let most = 0;
  const handler: LambdaHandler = async () => {
    most = Math.max(most, ++running);
    await sleep(50);
    running--;
  };
  const { runner, send, seen } = await useRunner({ work: { events: [FROM_JOBS], handler } }, { pollers: 2 });
  for (let round = 0; round < 5; round++) await send(Array.from({ length: 10 }, (_, n) => `${round}.${n}`));
  await runner.idle();
  expect(most).toBe(2);
  expect(seen.filter((observation) => observation.type === 'batch').length).toBeGreaterThanOrEqual(5);
});
