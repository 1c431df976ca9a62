import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { expect, onTestFinished, test } from 'vitest';
import { createEventBus } from '../../../lib/eventbridge/eventbridge-bus.ts';
import { type PublishedEvent, startEventBus } from '../../../local/stack/event-bus.ts';
import { LOCAL_AWS } from '../../../local/stack/table.ts';

async function useBus(takes: (event: PublishedEvent) => boolean = () => true) {
  const { requests, endpoint, close } = await startEventBus({ takes });
  onTestFinished(close);
  const client = new EventBridgeClient({ ...LOCAL_AWS, endpoint });
  onTestFinished(() => client.destroy());
  return { requests, publish: createEventBus(client, 'owner-bus') };
}

const event = (eventId: string, text = '') => ({ detailType: 'WeChat Message', detail: { eventId, text } });

test('an event arrives with its source, type, time and detail', async () => {
  const { requests, publish } = await useBus();
  expect(await publish([{ ...event('1', '订阅'), atMs: 1_700_000_000_000 }])).toEqual([]);
  expect(requests()).toEqual([
    [
      {
        busName: 'owner-bus',
        source: 'qingniao',
        detailType: 'WeChat Message',
        detail: { eventId: '1', text: '订阅' },
        time: 1_700_000_000,
      },
    ],
  ]);
});

test('a request holds ten events at most', async () => {
  const { requests, publish } = await useBus();
  await publish(Array.from({ length: 23 }, (_, n) => event(String(n))));
  expect(requests().map((entries) => entries.length)).toEqual([10, 10, 3]);
});

test('a request holds 256 KB at most, counted in bytes', async () => {
  const { requests, publish } = await useBus();
  await publish([
    event('a', '订'.repeat(40_000)),
    event('b', '订'.repeat(40_000)),
    event('c', '订'.repeat(40_000)),
  ]);
  expect(requests().map((entries) => entries.length)).toEqual([2, 1]);
});

test('what the bus did not take is answered, in order, to be published again', async () => {
  const { publish } = await useBus(({ detail }) => !/^(2|11)$/.test(`${detail['eventId']}`));
  const refused = await publish(Array.from({ length: 12 }, (_, n) => event(String(n))));
  expect(refused.map(({ detail }) => detail.eventId)).toEqual(['2', '11']);
});

test('nothing to publish asks nobody', async () => {
  const { requests, publish } = await useBus();
  expect(await publish([])).toEqual([]);
  expect(requests()).toEqual([]);
});
