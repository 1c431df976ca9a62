import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';

/** An event that was published. */
export interface PublishedEvent {
  readonly busName: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** When it happened, in epoch seconds, where the publisher said so. */
  readonly time?: number;
}

/** A stand-in for EventBridge's PutEvents on a loopback port: it takes every event that it is not told to refuse, and keeps the latest. */
export interface LocalEventBus {
  readonly endpoint: string;
  /** Oldest first. */
  published(): readonly PublishedEvent[];
  /** What was asked for in each request, taken or not; oldest first. */
  requests(): readonly (readonly PublishedEvent[])[];
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
      Time: v.exactOptional(v.number()),
    }),
  ),
});

/** Starts the stand-in. `onEvent` is told of each event as it is published; `takes` says which are taken at all. */
export async function startEventBus({
  onEvent = () => {},
  takes = () => true,
}: {
  readonly onEvent?: (event: PublishedEvent) => void;
  readonly takes?: (event: PublishedEvent) => boolean;
} = {}): Promise<LocalEventBus> {
  const events: PublishedEvent[] = [];
  const requests: (readonly PublishedEvent[])[] = [];
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
    const asked = v.parse(request, JSON.parse(body)).Entries.map(readEntry);
    const taken = (refusals > 0 ? asked.slice(0, -1) : asked).filter(takes);
    if (refusals > 0) refusals -= 1;
    requests.push(asked);
    events.push(...taken);
    taken.forEach(onEvent);
    for (const kept of [requests, events]) kept.splice(0, kept.length - KEPT);
    const answers = asked.map((event) =>
      taken.includes(event)
        ? { EventId: randomUUID() }
        : { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' },
    );
    outgoing.end(JSON.stringify({ FailedEntryCount: asked.length - taken.length, Entries: answers }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The event bus got no port.');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    published: () => events,
    requests: () => requests,
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

function readEntry(entry: v.InferOutput<typeof request>['Entries'][number]): PublishedEvent {
  const { EventBusName, Source, DetailType, Detail, Time } = entry;
  return {
    busName: EventBusName,
    source: Source,
    detailType: DetailType,
    detail: Detail,
    ...(Time !== undefined && { time: Time }),
  };
}
