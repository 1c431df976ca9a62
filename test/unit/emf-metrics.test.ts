import { expect, test } from 'vitest';
import { createEmfMetrics } from '../../lib/runtime/emf-metrics.ts';

function useMetrics() {
  const lines: string[] = [];
  const measure = createEmfMetrics({
    namespace: 'qingniao/test',
    clock: () => 1_000,
    write: (line) => lines.push(line),
  });
  return { lines, measure, parsed: () => lines.map((line) => JSON.parse(line)) };
}

test('a measurement is one line in CloudWatch’s embedded metric format, and in Lambda’s JSON log format', () => {
  const { lines, measure, parsed } = useMetrics();
  measure({ name: 'Messages', values: [3], dimensions: { TemplateId: 'T', Outcome: 'sent' } });
  expect(lines[0]).toMatch(/^[^\n]+\n$/);
  expect(parsed()).toEqual([
    {
      _aws: {
        Timestamp: 1_000,
        CloudWatchMetrics: [
          {
            Namespace: 'qingniao/test',
            Dimensions: [['Outcome'], ['TemplateId', 'Outcome']],
            Metrics: [{ Name: 'Messages', Unit: 'Count' }],
          },
        ],
      },
      level: 'INFO',
      timestamp: '1970-01-01T00:00:01.000Z',
      TemplateId: 'T',
      Outcome: 'sent',
      Messages: 3,
    },
  ]);
});

test('many values go into lines of a hundred, which is what CloudWatch takes', () => {
  const { measure, parsed } = useMetrics();
  measure({ name: 'Lateness', values: Array.from({ length: 201 }, (_, n) => n) });
  expect(parsed().map(({ Lateness }) => (Array.isArray(Lateness) ? Lateness.length : Lateness))).toEqual([
    100, 100, 200,
  ]);
});

test('nothing measured is no line', () => {
  const { lines, measure } = useMetrics();
  measure({ name: 'Lateness', values: [] });
  expect(lines).toEqual([]);
});
