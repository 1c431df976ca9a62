import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';

/** An event that was published. */
export interface PublishedEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A stand-in for EventBridge's PutEvents on a loopback port: it takes every event and keeps the latest. */
export interface LocalEventBus {
  readonly endpoint: string;
  /** Oldest first. */
  published(): readonly PublishedEvent[];
  /** Refuses the next requests, as a bus that is throttled or down. */
  failNext(times: number): void;
  close(): Promise<void>;
}

const KEPT = 10_000;

const request = v.object({
  Entries: v.array(
    v.object({
      Source: v.string(),
      DetailType: v.string(),
      Detail: v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown())),
      EventBusName: v.string(),
    }),
  ),
});

/** Starts the stand-in. `onEvent` is told of each event as it is published. */
export async function startEventBus(
  onEvent: (event: PublishedEvent) => void = () => {},
): Promise<LocalEventBus> {
  const events: PublishedEvent[] = [];
  let failures = 0;
  const server = createServer(async (incoming, outgoing) => {
    const body = await text(incoming);
    outgoing.setHeader('content-type', 'application/x-amz-json-1.1');
    if (failures > 0) {
      failures -= 1;
      outgoing.writeHead(503).end('{"__type":"InternalException","message":"try again"}');
      return;
    }
    const { Entries } = v.parse(request, JSON.parse(body));
    for (const { Source, DetailType, Detail } of Entries) {
      const event = { source: Source, detailType: DetailType, detail: Detail };
      events.push(event);
      onEvent(event);
    }
    events.splice(0, events.length - KEPT);
    outgoing.end(
      JSON.stringify({ FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: randomUUID() })) }),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The event bus got no port.');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    published: () => events,
    failNext(times) {
      failures = times;
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
