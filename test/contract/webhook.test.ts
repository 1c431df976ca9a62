import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { detailSchemas } from '../../lib/eventbridge/event-details.ts';
import { openBus, openQueue } from '../../lib/runtime/aws.ts';
import type { WebhookAttempt } from '../../local/stack/webhook/webhook.ts';
import { redriveWebhook } from '../../operate/redrive/redrive-webhook.ts';
import { runCommand } from '../operate/run-command.ts';
import { useCloudFormation } from '../support/cloud-formation.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';
import { PRICE_DROP, startService } from './running-service.ts';

/*
 * Owners outside AWS get the events as HTTPS calls: what a backend sees of an API destination, from the local stand-in for it.
 */
const SECRET = 'a-secret-of-this-test';
const receiver = await startWebhookReceiver();
afterAll(receiver.close);
const attempts: WebhookAttempt[] = [];
const { stack, wechat, logIn, allow } = await startService({
  followChanges: true,
  dispatchEverySeconds: 0,
  webhook: {
    url: receiver.url,
    secret: SECRET,
    retryAfterMs: [5, 5],
    onAttempt: (attempt) => void attempts.push(attempt),
  },
});
const DEAD = stack.queueUrls['WebhookDeadLetterQueue'] ?? '';
const sqs = openQueue(stack.env);
afterAll(() => sqs.destroy());

async function deadLetters(): Promise<number> {
  const asked = { QueueUrl: DEAD, AttributeNames: ['ApproximateNumberOfMessages' as const] };
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand(asked));
  return Number(Attributes?.ApproximateNumberOfMessages);
}

const receivedOf = (eventId: string) =>
  receiver.received.filter(({ body }) => body.detail['eventId'] === eventId);
const attemptsOf = (eventId: string) => attempts.filter((attempt) => attempt.eventId === eventId);

/** Publishes one event as the service does. */
async function publish(eventId: string, source = 'qingniao') {
  const bus = openBus(stack.env);
  onTestFinished(() => bus.destroy());
  const entry = { EventBusName: 'bus', Source: source, DetailType: 'Message Refused' };
  const Detail = JSON.stringify({ eventId, appid: wechat.appId });
  const Time = new Date('2026-12-01T01:00:00Z');
  await bus.send(new PutEventsCommand({ Entries: [{ ...entry, Detail, Time }] }));
}

/** Waits until an event was taken or given up. */
const settled = (eventId: string) =>
  expect.poll(() => attemptsOf(eventId).at(-1)?.againInMs ?? 'settled').toBe('settled');

test('webhooks: a grant comes as one POST with the secret header, its type, its time and the detail of the bus', async () => {
  const { openid } = await logIn();
  await allow(wechat, openid, PRICE_DROP.templateId, 1);
  await stack.idle();
  const [published] = stack.bus.published().filter(({ detail }) => detail['openid'] === openid);
  const eventId = String(published?.detail['eventId']);
  await expect.poll(() => receivedOf(eventId).length).toBe(1);
  const [request] = receivedOf(eventId);
  expect(request).toMatchObject({
    method: 'POST',
    headers: {
      'x-qingniao-secret': SECRET,
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Amazon/EventBridge/ApiDestinations',
    },
  });
  expect(request?.body).toEqual({
    type: 'Grant Recorded',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    detail: published?.detail,
  });
  expect(v.is(detailSchemas['Grant Recorded'], request?.body.detail)).toBe(true);
  expect(request?.body.detail['appid']).toBe(wechat.appId);
});

test.each([401, 409, 429, 500, 503])(
  'webhooks: what is answered with %i comes again, under the same eventId',
  async (status) => {
    receiver.answerNext(status);
    await publish(`again-${status}`);
    await expect.poll(() => receivedOf(`again-${status}`).length).toBe(2);
    await settled(`again-${status}`);
    expect(attemptsOf(`again-${status}`).map(({ result, isTaken }) => [result, isTaken])).toEqual([
      [status, false],
      [204, true],
    ]);
  },
);

test('webhooks: what never was taken lies in the dead-letter queue, and a redrive brings it to the webhook alone', async () => {
  receiver.answerNext(400, 500, 500, 500);
  await publish('refused');
  await settled('refused');
  await publish('given-up');
  await expect.poll(deadLetters).toBe(2);
  const shown = await redriven({ dryRun: true });
  expect(shown.text).toMatch(/Message Refused {2}refused {2}HTTP_400/);
  expect(shown.text).toMatch(/given-up {2}HTTP_500 {2}2/);

  const ofOwnersRules = () => stack.bus.published().filter(({ source }) => source === 'qingniao').length;
  const before = ofOwnersRules();
  const done = { ended: true, text: expect.stringContaining('2 of 2 published again') };
  expect(await redriven({})).toMatchObject(done);
  await expect.poll(() => receivedOf('given-up').length + receivedOf('refused').length).toBe(4 + 2);
  expect(receivedOf('refused').at(-1)?.body).toEqual(receivedOf('refused')[0]?.body);
  expect(ofOwnersRules()).toBe(before);
  expect(await deadLetters()).toBe(0);
});

test('webhooks: what the bus does not take stays in the dead-letter queue, and what is no event of ours unless it is to go', async () => {
  await sqs.send(new SendMessageCommand({ QueueUrl: DEAD, MessageBody: '{"order":7}' }));
  receiver.answerNext(400);
  await publish('kept');
  await expect.poll(deadLetters).toBe(2);
  stack.bus.refuseFromNext(1);
  expect(await redriven({})).toMatchObject({ ended: false, text: expect.stringContaining('0 of 1') });
  expect(await redriven({ all: true })).toMatchObject({
    ended: true,
    text: expect.stringContaining('1 of 1'),
  });
  expect(await deadLetters()).toBe(0);
});

test('npm run redrive -- --queue webhook finds queue and bus in the stack, and says where there is no webhook', async () => {
  receiver.answerNext(400);
  await publish('by-command');
  await settled('by-command');
  const outputs = { EventBusName: 'qingniao-test', WebhookDeadLetterQueueUrl: DEAD };
  const stageWith = async (more: Record<string, string>) => ({
    AWS_ENDPOINT_URL_CLOUDFORMATION: await useCloudFormation({
      appId: 'wx1',
      outputs: { ...outputs, ...more },
    }),
    AWS_ENDPOINT_URL_SQS: stack.sqsEndpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: stack.bus.endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  const args = ['--stage', 'test', '--queue', 'webhook'];
  const none = await runCommand('redrive', args, await stageWith({}));
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('has no webhook')]);
  const { code, stdout } = await runCommand(
    'redrive',
    args,
    await stageWith({ WebhookConnectionName: 'qingniao-test-webhook' }),
  );
  expect([code, stdout]).toEqual([0, expect.stringContaining('1 of 1 published again')]);
  await expect.poll(() => receivedOf('by-command').length).toBe(2);
  expect(stack.bus.published().at(-1)).toMatchObject({
    busName: 'qingniao-test',
    source: 'qingniao.redriven',
  });
}, 30_000);

async function redriven(o: { readonly dryRun?: boolean; readonly all?: boolean }) {
  const lines: string[] = [];
  const bus = openBus(stack.env);
  const { ended } = await redriveWebhook({
    sqs,
    bus,
    busName: 'bus',
    deadLetterQueueUrl: DEAD,
    all: o.all ?? false,
    dryRun: o.dryRun ?? false,
    print: (line) => lines.push(line),
  });
  bus.destroy();
  return { ended, text: lines.join('\n') };
}
