import type { ScheduledEvent } from 'aws-lambda';
import { expect, test, vi } from 'vitest';
import { rateSeconds } from '../../../local/stack/schedule.ts';
import { useRunner } from '../../support/runner.ts';

const EVERY_MINUTE = { schedule: { rate: 'rate(1 minute)' } };

test('a rule fires with the event of EventBridge', async () => {
  const events: ScheduledEvent[] = [];
  const handler = (event: unknown) => void events.push(event as ScheduledEvent);
  const { runner } = await useRunner({ 'dispatch-due': { events: [EVERY_MINUTE], handler } });
  await runner.fireSchedules();
  expect(events).toEqual([
    {
      version: '0',
      id: expect.stringMatching(/.+/),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '000000000000',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: 'us-east-1',
      resources: [expect.stringMatching(/^arn:aws:events:.*:rule\/dispatch-due$/)],
      detail: {},
    },
  ]);
});

test('it fires by itself at its interval, and goes on after a failure', async () => {
  const handler = vi.fn().mockRejectedValue(new Error('no table'));
  const { seen } = await useRunner(
    { tick: { events: [EVERY_MINUTE], handler } },
    { scheduleEverySeconds: 0.01 },
  );
  await expect.poll(() => handler.mock.calls.length).toBeGreaterThan(2);
  expect(seen).toContainEqual({ type: 'fault', function: 'tick', error: new Error('no table') });
});

test('firing by hand tells the caller what the function threw', async () => {
  const handler = () => Promise.reject(new Error('no table'));
  const { runner } = await useRunner({ tick: { events: [EVERY_MINUTE], handler } });
  await expect(runner.fireSchedules()).rejects.toThrow('no table');
});

test('a rate is read in seconds; what is not a rate is refused', () => {
  expect(rateSeconds('rate(1 minute)')).toBe(60);
  expect(rateSeconds('rate(2 hours)')).toBe(7200);
  expect(() => rateSeconds('cron(0 8 * * ? *)')).toThrow('cron(0 8 * * ? *)');
});
