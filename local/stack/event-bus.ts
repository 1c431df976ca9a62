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
  /** Fails the next requests, as a bus that is down. */
  failNext(times: number): void;
  /** Takes the next requests but for their last event, as a bus that is throttled. */
  refuseFromNext(times: number): void;
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
  let refusals = 0;
  const server = createServer(async (incoming, outgoing) => {
    const body = await text(incoming);
    outgoing.setHeader('content-type', 'application/x-amz-json-1.1');
    if (failures > 0) {
      failures -= 1;
      outgoing.writeHead(503).end('{"__type":"InternalException","message":"try again"}');
      return;
    }
    const { Entries } = v.parse(request, JSON.parse(body));
    const taken = refusals > 0 ? Entries.slice(0, -1) : Entries;
    if (refusals > 0) refusals -= 1;
    for (const { Source, DetailType, Detail } of taken) {
      const event = { source: Source, detailType: DetailType, detail: Detail };
      events.push(event);
      onEvent(event);
    }
    events.splice(0, events.length - KEPT);
    const answers = Entries.map((entry) =>
      taken.includes(entry)
        ? { EventId: randomUUID() }
        : { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' },
    );
    outgoing.end(JSON.stringify({ FailedEntryCount: Entries.length - taken.length, Entries: answers }));
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
    refuseFromNext(times) {
      refusals = times;
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
