import type { Fact } from '../changes/facts.ts';
import type { PublishEvents } from './eventbridge-bus.ts';
import { eventOf } from './fact-events.ts';

/** Publishes facts as events of the bus, and answers those that it did not take. */
export function createFactPublisher(
  publish: PublishEvents,
): (facts: readonly Fact[]) => Promise<readonly Fact[]> {
  return async (facts) => {
    const factOf = new Map(facts.map((fact) => [eventOf(fact), fact]));
    const refused = await publish([...factOf.keys()]);
    return refused.flatMap((event) => factOf.get(event) ?? []);
  };
}
