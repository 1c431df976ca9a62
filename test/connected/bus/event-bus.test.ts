import { once } from 'node:events';
import { createServer } from 'node:http';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { expect, onTestFinished, test } from 'vitest';
import { createEventBus } from '../../../lib/bus/event-bus.ts';

interface Entry {
  DetailType: string;
  Detail: string;
  Source: string;
  EventBusName: string;
  Time?: number;
}

/** A PutEvents that takes what `takes` says, on a free port; `requests` are the entries of each request. */
async function useBus(takes: (entry: Entry) => boolean = () => true) {
  const requests: Entry[][] = [];
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk);
    const { Entries } = JSON.parse(Buffer.concat(chunks).toString()) as { Entries: Entry[] };
    requests.push(Entries);
    const results = Entries.map((entry, n) =>
      takes(entry) ? { EventId: `e${n}` } : { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' },
    );
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(
      JSON.stringify({ FailedEntryCount: results.filter((r) => 'ErrorCode' in r).length, Entries: results }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const client = new EventBridgeClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  onTestFinished(async () => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { requests, publish: createEventBus(client, 'owner-bus') };
}

const event = (eventId: string, text = '') => ({ detailType: 'WeChat Message', detail: { eventId, text } });

test('an event arrives with its source, type, time and detail', async () => {
  const { requests, publish } = await useBus();
  expect(await publish([{ ...event('1', '订阅'), atMs: 1_700_000_000_000 }])).toEqual([]);
  expect(requests).toEqual([
    [
      {
        EventBusName: 'owner-bus',
        Source: 'qingniao',
        DetailType: 'WeChat Message',
        Detail: '{"eventId":"1","text":"订阅"}',
        Time: 1_700_000_000,
      },
    ],
  ]);
});

test('a request holds ten events at most', async () => {
  const { requests, publish } = await useBus();
  await publish(Array.from({ length: 23 }, (_, n) => event(String(n))));
  expect(requests.map((entries) => entries.length)).toEqual([10, 10, 3]);
});

test('a request holds 256 KB at most, counted in bytes', async () => {
  const { requests, publish } = await useBus();
  await publish([
    event('a', '订'.repeat(40_000)),
    event('b', '订'.repeat(40_000)),
    event('c', '订'.repeat(40_000)),
  ]);
  expect(requests.map((entries) => entries.length)).toEqual([2, 1]);
});

test('what the bus did not take is answered, in order, to be published again', async () => {
  const { publish } = await useBus(({ Detail }) => !/"eventId":"(2|11)"/.test(Detail));
  const refused = await publish(Array.from({ length: 12 }, (_, n) => event(String(n))));
  expect(refused.map(({ detail }) => detail.eventId)).toEqual(['2', '11']);
});

test('nothing to publish asks nobody', async () => {
  const { requests, publish } = await useBus();
  expect(await publish([])).toEqual([]);
  expect(requests).toEqual([]);
});
