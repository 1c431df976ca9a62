import type { Message } from '../messages/message.ts';
import type { Measurement, MetricName } from '../metrics.ts';
import { countsOf } from './counts.ts';
import type { StreamRecord } from './stream-record.ts';

const OUTCOMES: ReadonlySet<string> = new Set(['sent', 'delivered', 'refused', 'failed', 'unknown']);

/** What changes mean for the metrics: how many messages came to which end, and how late timed ones were. */
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

/** A timed message that has just been sent (and may get its own record with that), and that nothing but the service itself could have held up. */
function isTimely(before: Message | undefined, after: Message): boolean {
  return (
    (before?.state ?? 'pending') === 'pending' &&
    after.state === 'sent' &&
    after.attempts === 1 &&
    after.sendAtMs > after.createdAtMs
  );
}
