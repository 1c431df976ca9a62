import { expect, test } from 'vitest';
import { quietUntilMs } from '../../../../lib/campaigns/quiet-hours.ts';

/** When quiet hours are over, told in UTC; undefined outside of them. */
function quietUntil(from: string, to: string, timezone: string, now: string): string | undefined {
  const untilMs = quietUntilMs({ from, to, timezone }, Date.parse(now));
  return untilMs === undefined ? undefined : new Date(untilMs).toISOString();
}

test.each([
  // Beijing is eight hours ahead.
  ['22:00', '08:00', 'Asia/Shanghai', '2026-11-23T13:59:59.999Z', undefined],
  ['22:00', '08:00', 'Asia/Shanghai', '2026-11-23T14:00:00.000Z', '2026-11-24T00:00:00.000Z'],
  ['22:00', '08:00', 'Asia/Shanghai', '2026-11-23T23:59:59.000Z', '2026-11-24T00:00:00.000Z'],
  ['22:00', '08:00', 'Asia/Shanghai', '2026-11-24T00:00:00.000Z', undefined],
  ['12:30', '14:00', 'Asia/Shanghai', '2026-11-23T05:00:00.000Z', '2026-11-23T06:00:00.000Z'],
  ['12:30', '14:00', 'Asia/Shanghai', '2026-11-23T06:00:00.000Z', undefined],
  // The night in which London's clocks go back has an hour more, the one in which they go forward an hour less.
  ['22:00', '08:00', 'Europe/London', '2026-10-24T22:00:00.000Z', '2026-10-25T08:00:00.000Z'],
  ['22:00', '08:00', 'Europe/London', '2026-03-28T23:00:00.000Z', '2026-03-29T07:00:00.000Z'],
  // New York's clocks leap over 02:30 then.
  ['23:00', '02:30', 'America/New_York', '2026-03-08T06:00:00.000Z', '2026-03-08T07:30:00.000Z'],
])('quiet from %s to %s in %s, at %s: until %s', (from, to, timezone, now, until) => {
  expect(quietUntil(from, to, timezone, now)).toBe(until);
});
