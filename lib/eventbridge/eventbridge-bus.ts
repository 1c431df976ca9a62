import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';

/** An event for the owner's own rules. */
export interface BusEvent {
  /** What happened, `Grant Recorded`; rules match on it. */
  readonly detailType: string;
  /** Becomes JSON. `eventId` is the same however often the event is published. */
  readonly detail: { readonly eventId: string } & Readonly<Record<string, unknown>>;
  /** When it happened; without it the bus takes the moment of publishing. */
  readonly atMs?: number;
}

/** Publishes events and answers those that the bus refused. Rejects when the bus cannot be asked. */
export type PublishEvents = (events: readonly BusEvent[]) => Promise<readonly BusEvent[]>;

const SOURCE = 'qingniao';
/** PutEvents takes this many entries in one request, and this many bytes of them. */
const MAX_ENTRIES = 10;
const MAX_BYTES = 256 * 1024;

/** Publishes on one EventBridge bus, as many events in a request as it takes. */
export function createEventBus(client: EventBridgeClient, busName: string): PublishEvents {
  return async (events) => {
    const refused: BusEvent[] = [];
    for (const batch of batches(events)) {
      const Entries = batch.map((event) => entryOf(event, busName));
      const { Entries: results = [] } = await client.send(new PutEventsCommand({ Entries }));
      refused.push(...batch.filter((_, index) => results[index]?.EventId === undefined));
    }
    return refused;
  };
}

function entryOf({ detailType, detail, atMs }: BusEvent, busName: string): PutEventsRequestEntry {
  return {
    EventBusName: busName,
    Source: SOURCE,
    DetailType: detailType,
    Detail: JSON.stringify(detail),
    ...(atMs !== undefined && { Time: new Date(atMs) }),
  };
}

/** An event that is too large by itself gets a request of its own, so that it takes no other down with it. */
function batches(events: readonly BusEvent[]): BusEvent[][] {
  const result: BusEvent[][] = [];
  let batch: BusEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = sizeOf(event);
    if (batch.length === MAX_ENTRIES || (batch.length > 0 && bytes + size > MAX_BYTES)) {
      result.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += size;
  }
  return batch.length > 0 ? [...result, batch] : result;
}

/** As AWS counts it: 14 bytes for the time, and the texts in UTF-8. */
function sizeOf({ detailType, detail, atMs }: BusEvent): number {
  const texts = Buffer.byteLength(SOURCE + detailType + JSON.stringify(detail));
  return texts + (atMs === undefined ? 0 : 14);
}
