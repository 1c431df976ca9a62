import type { Message } from '../messages/message.ts';
import type { Measure, Measurement, MetricName } from '../metrics.ts';
import type { Backoff } from '../retry.ts';
import { countsOf } from './counts.ts';
import { type DomainEvent, type DomainEventName, domainEventsOf } from './domain-events.ts';
import { type SentBatchServices, withBatch } from './sent-batches.ts';
import type { StreamRecord } from './stream-record.ts';

export interface StreamServices extends SentBatchServices {
  /** Publishes domain events, at least once, and answers those that the bus did not take. */
  readonly publish: (events: readonly DomainEvent[]) => Promise<readonly DomainEvent[]>;
  readonly isPublished: (name: DomainEventName) => boolean;
  readonly measure: Measure;
}

/**
 * Publishes and measures what was stored. The events of a record that is delivered again are published under
 * the same ids.
 *
 * @returns the first record that must come again because the bus did not take its events, undefined when all
 * is done
 */
export async function publishChanges(
  services: StreamServices,
  records: readonly StreamRecord[],
): Promise<StreamRecord | undefined> {
  const known = await Promise.all(records.map((record) => withBatch(services, record)));
  const events = known.map((record) =>
    domainEventsOf(record).filter(({ name }) => services.isPublished(name)),
  );
  const refused = new Set(await services.publish(events.flat()));
  const first = events.findIndex((ofRecord) => ofRecord.some((event) => refused.has(event)));
  // What comes again is measured then.
  measurementsOf(first < 0 ? known : known.slice(0, first)).forEach(services.measure);
  return known[first];
}

/** The bus is asked so often before the stream brings a record again, with all that came after it. */
const TRIES = 4;
/** Doubles with each try: 0.2, 0.4 and 0.8 seconds, give or take a half. */
const FIRST_PAUSE_MS = 200;

/** Publishes, and publishes again what was refused. Answers what is refused to the last. */
export async function publishWithRetry<Item>(
  publish: (items: readonly Item[]) => Promise<readonly Item[]>,
  items: readonly Item[],
  { sleep, random }: Backoff,
): Promise<readonly Item[]> {
  let left = items;
  for (let tries = 1; ; tries++) {
    left = await publish(left);
    if (left.length === 0 || tries === TRIES) return left;
    await sleep(FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + random()));
  }
}

const OUTCOMES: ReadonlySet<string> = new Set(['sent', 'delivered', 'refused', 'failed', 'unknown']);

/** The metrics of writes: how many messages came to which end, and how late timed ones left. */
export function measurementsOf(records: readonly StreamRecord[]): readonly Measurement[] {
  return [...endings(records), ...lateness(records)];
}

function endings(records: readonly StreamRecord[]): readonly Measurement[] {
  const sums = new Map<string, Measurement & { readonly sum: number }>();
  const add = (name: MetricName, dimensions: Readonly<Record<string, string>>, by: number) => {
    const key = [name, ...Object.values(dimensions)].join(' ');
    const sum = (sums.get(key)?.sum ?? 0) + by;
    sums.set(key, { name, dimensions, sum, values: [sum] });
  };
  for (const { templateId, name, by } of records.flatMap(countsOf)) {
    const [outcome = '', reason] = name.split(':');
    // Statistics take an unknown back once it is settled, which no metric can.
    if (!OUTCOMES.has(outcome) || by <= 0) continue;
    add('Messages', { TemplateId: templateId, Outcome: outcome }, by);
    if (reason !== undefined) add('Failures', { TemplateId: templateId, Reason: reason }, by);
  }
  return [...sums.values()].map(({ sum: _, ...measurement }) => measurement);
}

function lateness(records: readonly StreamRecord[]): readonly Measurement[] {
  const values = records.flatMap((record) =>
    record.type === 'message' && record.after && isTimely(record.before, record.after)
      ? [(record.after.outcome?.atMs ?? record.after.updatedAtMs) - record.after.sendAtMs]
      : [],
  );
  return values.length === 0 ? [] : [{ name: 'Lateness', values }];
}

/** A timed message that left at the first attempt, so that only the service can have held it up. */
function isTimely(before: Message | undefined, after: Message): boolean {
  return (
    (before?.state ?? 'pending') === 'pending' &&
    after.state === 'sent' &&
    after.attempts === 1 &&
    after.sendAtMs > after.createdAtMs
  );
}
