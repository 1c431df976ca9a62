import type { DomainEvent } from '../stream/domain-events.ts';
import { eventOf } from './event-details.ts';
import type { PublishEvents } from './eventbridge-bus.ts';

/** Publishes domain events as events of the bus, and answers those that it did not take. */
export function createEventPublisher(
  publish: PublishEvents,
): (events: readonly DomainEvent[]) => Promise<readonly DomainEvent[]> {
  return async (events) => {
    const domainEventOf = new Map(events.map((event) => [eventOf(event), event]));
    const refused = await publish([...domainEventOf.keys()]);
    return refused.flatMap((event) => domainEventOf.get(event) ?? []);
  };
}
