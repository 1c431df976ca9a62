import { describe, expect, it } from 'vitest';
import {
  nextRuns,
  readExpression,
  scheduledMomentNear,
} from '../../../../lib/campaigns/schedule/schedule-expression.ts';

/**
 * EventBridge Scheduler's documentation, "Daylight savings time": a time that clocks leap over is skipped, one that comes
 * twice runs once. Expected times were computed by a program of its own, minute by minute, with Python's zoneinfo.
 */
const OVER_CHANGES_OF_CLOCKS: readonly [
  expression: string,
  timezone: string,
  after: string,
  next: readonly string[],
][] = [
  [
    'cron(0 9 * * ? *)',
    'Asia/Shanghai',
    '2026-03-28T12:00Z',
    ['2026-03-29T01:00Z', '2026-03-30T01:00Z', '2026-03-31T01:00Z', '2026-04-01T01:00Z'],
  ],
  [
    'cron(30 2 * * ? *)',
    'Asia/Shanghai',
    '2026-10-24T12:00Z',
    ['2026-10-24T18:30Z', '2026-10-25T18:30Z', '2026-10-26T18:30Z', '2026-10-27T18:30Z'],
  ],
  [
    'cron(0 20 ? * MON-FRI *)',
    'Asia/Shanghai',
    '2026-10-01T12:00Z',
    ['2026-10-02T12:00Z', '2026-10-05T12:00Z', '2026-10-06T12:00Z', '2026-10-07T12:00Z'],
  ],
  [
    'cron(0 10 L * ? *)',
    'Asia/Shanghai',
    '2027-12-01T00:00Z',
    ['2027-12-31T02:00Z', '2028-01-31T02:00Z', '2028-02-29T02:00Z', '2028-03-31T02:00Z'],
  ],
  [
    'cron(0 9 15W * ? *)',
    'Asia/Shanghai',
    '2026-08-01T00:00Z',
    ['2026-08-14T01:00Z', '2026-09-15T01:00Z', '2026-10-15T01:00Z', '2026-11-16T01:00Z'],
  ],
  [
    'cron(0 8 ? * 2#1 *)',
    'Asia/Shanghai',
    '2026-12-10T00:00Z',
    ['2027-01-04T00:00Z', '2027-02-01T00:00Z', '2027-03-01T00:00Z', '2027-04-05T00:00Z'],
  ],
  [
    'cron(0 9 29 2 ? *)',
    'Asia/Shanghai',
    '2026-01-01T00:00Z',
    ['2028-02-29T01:00Z', '2032-02-29T01:00Z', '2036-02-29T01:00Z', '2040-02-29T01:00Z'],
  ],
  [
    'cron(30 1 * * ? *)',
    'Europe/London',
    '2026-03-27T12:00Z',
    ['2026-03-28T01:30Z', '2026-03-30T00:30Z', '2026-03-31T00:30Z', '2026-04-01T00:30Z'],
  ],
  [
    'cron(30 0 * * ? *)',
    'Europe/London',
    '2026-03-27T12:00Z',
    ['2026-03-28T00:30Z', '2026-03-29T00:30Z', '2026-03-29T23:30Z', '2026-03-30T23:30Z'],
  ],
  [
    'cron(0 1 * * ? *)',
    'Europe/London',
    '2026-03-28T12:00Z',
    ['2026-03-30T00:00Z', '2026-03-31T00:00Z', '2026-04-01T00:00Z', '2026-04-02T00:00Z'],
  ],
  [
    'cron(0 2 * * ? *)',
    'Europe/London',
    '2026-03-28T12:00Z',
    ['2026-03-29T01:00Z', '2026-03-30T01:00Z', '2026-03-31T01:00Z', '2026-04-01T01:00Z'],
  ],
  [
    'cron(30 1 * * ? *)',
    'Europe/London',
    '2026-10-23T12:00Z',
    ['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z', '2026-10-27T01:30Z'],
  ],
  [
    'cron(0/30 * * * ? *)',
    'Europe/London',
    '2026-10-25T00:10Z',
    ['2026-10-25T00:30Z', '2026-10-25T02:00Z', '2026-10-25T02:30Z', '2026-10-25T03:00Z'],
  ],
  [
    'cron(0/20 1-2 ? * SUN *)',
    'Europe/London',
    '2026-03-28T12:00Z',
    ['2026-03-29T01:00Z', '2026-03-29T01:20Z', '2026-03-29T01:40Z', '2026-04-05T00:00Z'],
  ],
  [
    'cron(0 9 ? * 6L *)',
    'Europe/London',
    '2026-10-01T00:00Z',
    ['2026-10-30T09:00Z', '2026-11-27T09:00Z', '2026-12-25T09:00Z', '2027-01-29T09:00Z'],
  ],
  [
    'cron(30 2 * * ? *)',
    'America/New_York',
    '2026-03-06T12:00Z',
    ['2026-03-07T07:30Z', '2026-03-09T06:30Z', '2026-03-10T06:30Z', '2026-03-11T06:30Z'],
  ],
  [
    'cron(30 2 8 3 ? *)',
    'America/New_York',
    '2026-01-01T00:00Z',
    ['2027-03-08T07:30Z', '2028-03-08T07:30Z', '2029-03-08T07:30Z', '2030-03-08T07:30Z'],
  ],
  [
    'cron(30 1 * * ? *)',
    'America/New_York',
    '2026-10-31T00:00Z',
    ['2026-10-31T05:30Z', '2026-11-01T05:30Z', '2026-11-02T06:30Z', '2026-11-03T06:30Z'],
  ],
  [
    'cron(0/15 1 1 11 ? 2026)',
    'America/New_York',
    '2026-10-31T12:00Z',
    ['2026-11-01T05:00Z', '2026-11-01T05:15Z', '2026-11-01T05:30Z', '2026-11-01T05:45Z'],
  ],
  [
    'cron(0 0/6 * * ? *)',
    'America/New_York',
    '2026-03-08T00:00Z',
    ['2026-03-08T05:00Z', '2026-03-08T10:00Z', '2026-03-08T16:00Z', '2026-03-08T22:00Z'],
  ],
  [
    'cron(0 0/6 * * ? *)',
    'America/New_York',
    '2026-11-01T00:00Z',
    ['2026-11-01T04:00Z', '2026-11-01T11:00Z', '2026-11-01T17:00Z', '2026-11-01T23:00Z'],
  ],
  [
    'cron(0 12 1W * ? *)',
    'America/New_York',
    '2026-07-20T00:00Z',
    ['2026-08-03T16:00Z', '2026-09-01T16:00Z', '2026-10-01T16:00Z', '2026-11-02T17:00Z'],
  ],
  [
    'cron(59 23 L 2,11 ? *)',
    'America/New_York',
    '2026-10-01T00:00Z',
    ['2026-12-01T04:59Z', '2027-03-01T04:59Z', '2027-12-01T04:59Z', '2028-03-01T04:59Z'],
  ],
  [
    'cron(0 2 ? * SUN#2 *)',
    'America/New_York',
    '2026-02-20T00:00Z',
    ['2026-04-12T06:00Z', '2026-05-10T06:00Z', '2026-06-14T06:00Z', '2026-07-12T06:00Z'],
  ],
  [
    'cron(15 2 * * ? *)',
    'Australia/Lord_Howe',
    '2026-10-02T12:00Z',
    ['2026-10-02T15:45Z', '2026-10-04T15:15Z', '2026-10-05T15:15Z', '2026-10-06T15:15Z'],
  ],
  [
    'cron(0 2 * * ? *)',
    'Australia/Lord_Howe',
    '2026-10-02T12:00Z',
    ['2026-10-02T15:30Z', '2026-10-04T15:00Z', '2026-10-05T15:00Z', '2026-10-06T15:00Z'],
  ],
  [
    'cron(30 2 * * ? *)',
    'Australia/Lord_Howe',
    '2026-10-02T12:00Z',
    ['2026-10-02T16:00Z', '2026-10-03T15:30Z', '2026-10-04T15:30Z', '2026-10-05T15:30Z'],
  ],
  [
    'cron(45 1 * * ? *)',
    'Australia/Lord_Howe',
    '2026-04-03T12:00Z',
    ['2026-04-03T14:45Z', '2026-04-04T14:45Z', '2026-04-05T15:15Z', '2026-04-06T15:15Z'],
  ],
  [
    'cron(0/15 1 5 4 ? *)',
    'Australia/Lord_Howe',
    '2026-04-04T12:00Z',
    ['2026-04-04T14:00Z', '2026-04-04T14:15Z', '2026-04-04T14:30Z', '2026-04-04T14:45Z'],
  ],
  [
    'cron(0 9 ? * L *)',
    'Australia/Lord_Howe',
    '2026-04-01T12:00Z',
    ['2026-04-03T22:00Z', '2026-04-10T22:30Z', '2026-04-17T22:30Z', '2026-04-24T22:30Z'],
  ],
];

describe('the next runs of a cron expression', () => {
  it.each(OVER_CHANGES_OF_CLOCKS)('%s in %s after %s', (expression, timezone, after, next) => {
    const runs = nextRuns({ expression, timezone }, Date.parse(after), next.length);
    expect(runs.map(toMinute)).toEqual(next);
  });

  it('are fewer when the years run out', () => {
    const schedule = { expression: 'cron(0 9 1 1 ? 2026-2027)', timezone: 'Asia/Shanghai' };
    expect(nextRuns(schedule, Date.parse('2026-06-01T00:00Z'), 5).map(toMinute)).toEqual([
      '2027-01-01T01:00Z',
    ]);
  });

  it('are none for a day that no year has', () => {
    expect(nextRuns({ expression: 'cron(0 9 31 2 ? *)', timezone: 'Asia/Shanghai' }, 0, 5)).toEqual([]);
  });

  it('begin after the moment asked for, also in the hour that comes twice', () => {
    const schedule = { expression: 'cron(45 1 * * ? *)', timezone: 'America/New_York' };
    // 01:50 for the first time; 01:45 comes again an hour on, and has run.
    const [next] = nextRuns(schedule, Date.parse('2026-11-01T05:50:00Z'), 1);
    expect(next && toMinute(next)).toBe('2026-11-02T06:45Z');
  });
});

describe('the runs of a rate', () => {
  it('are whole days of 24 hours apart, whatever the clocks do', () => {
    const schedule = {
      expression: 'rate(1 day)',
      timezone: 'America/New_York',
      startsAtMs: Date.parse('2026-10-31T13:00Z'),
    };
    const runs = nextRuns(schedule, Date.parse('2026-10-31T13:00Z'), 2);
    expect(runs.map(toMinute)).toEqual(['2026-11-01T13:00Z', '2026-11-02T13:00Z']);
  });

  it('begin with the first one', () => {
    const schedule = {
      expression: 'rate(5 minutes)',
      timezone: 'UTC',
      startsAtMs: Date.parse('2026-10-31T13:00Z'),
    };
    const runs = nextRuns(schedule, Date.parse('2026-10-01T00:00Z'), 2);
    expect(runs.map(toMinute)).toEqual(['2026-10-31T13:00Z', '2026-10-31T13:05Z']);
  });
});

describe('the run of a moment', () => {
  it.each([
    ['2026-07-01T09:00:00', 'Asia/Shanghai', '2026-07-01T01:00Z'],
    ['2026-07-01T09:00:00', 'Europe/London', '2026-07-01T08:00Z'],
    // Comes twice: the first.
    ['2026-10-25T01:30:00', 'Europe/London', '2026-10-25T00:30Z'],
    ['2026-04-05T01:45:00', 'Australia/Lord_Howe', '2026-04-04T14:45Z'],
  ])('at(%s) in %s is %s', (time, timezone, expected) => {
    const schedule = { expression: `at(${time})`, timezone };
    expect(nextRuns(schedule, 0, 3).map(toMinute)).toEqual([expected]);
    expect(nextRuns(schedule, Date.parse(expected), 3)).toEqual([]);
  });
});

describe('the scheduled moment that a trigger stands for', () => {
  const schedule = { expression: 'cron(0 9 * * ? *)', timezone: 'Asia/Shanghai' };

  it.each([
    ['2026-07-01T01:00:00Z', '2026-07-01T01:00Z'],
    ['2026-07-01T01:00:30Z', '2026-07-01T01:00Z'],
    ['2026-07-01T00:59:10Z', '2026-07-01T01:00Z'],
    ['2026-07-01T01:01:30Z', undefined],
    ['2026-07-01T02:00:00Z', undefined],
  ])('%s: %s', (at, expected) => {
    const momentMs = scheduledMomentNear(schedule, Date.parse(at));
    expect(momentMs === undefined ? undefined : toMinute(momentMs)).toBe(expected);
  });

  it('is the nearest one, where a schedule runs each minute', () => {
    const eachMinute = { expression: 'rate(1 minute)', timezone: 'UTC', startsAtMs: 0 };
    expect([59_000, 61_000, 89_000, 91_000].map((atMs) => scheduledMomentNear(eachMinute, atMs))).toEqual([
      60_000, 60_000, 60_000, 120_000,
    ]);
  });
});

/** A text in both languages, whose English holds `text`. */
const says = (text: string) => ({
  en: expect.stringContaining(text),
  zh: expect.stringMatching(/\p{sc=Han}/u),
});

describe('what EventBridge would refuse', () => {
  it.each([
    ['cron(0 9 * * *)', '6: minutes'],
    ['cron(0 9 * * * *)', 'must have ?'],
    ['cron(0 9 ? * ? *)', 'must have ?'],
    ['cron(60 9 * * ? *)', 'takes 0 to 59'],
    ['cron(0 24 * * ? *)', 'takes 0 to 23'],
    ['cron(0 9 0 * ? *)', 'takes 1 to 31'],
    ['cron(0 9 ? * 0 *)', 'takes 1 to 7'],
    ['cron(0 9 ? * 8 *)', 'takes 1 to 7'],
    ['cron(0 9 ? * MON/2 *)', 'day-of-week'],
    ['cron(0 9 ? * 3#1,6#3 *)', 'day-of-week'],
    ['cron(0 9 ? * FRI-MON *)', 'ends before it begins'],
    ['cron(0 9 ? * 2#6 *)', 'day-of-week'],
    ['cron(0 9 LW * ? *)', 'day-of-month'],
    ['cron(0 9 * 13 ? *)', 'takes 1 to 12'],
    ['cron(0 9 * * ? 1969)', 'takes 1970 to 2199'],
    ['cron(*/0 9 * * ? *)', 'minutes'],
    ['rate(0 minutes)', 'positive'],
    ['rate(5)', 'positive'],
    ['rate(5 seconds)', 'positive'],
    ['rate(1.5 hours)', 'positive'],
    ['rate(4000 days)', 'ten years'],
    ['at(2026-12-01T09:00)', 'without an offset'],
    ['at(2026-12-01T09:00:00Z)', 'without an offset'],
    ['at(2026-02-30T09:00:00)', 'exist'],
    ['every day', 'must be cron('],
    ['0 9 * * ? *', 'must be cron('],
  ])('%s', (expression, fault) => {
    const read = readExpression({ expression, timezone: 'Asia/Shanghai' });
    expect(read).toMatchObject({ type: 'bad', path: 'expression', invalid: says(fault) });
  });

  it('a time that clocks leap over', () => {
    const read = readExpression({ expression: 'at(2026-03-29T01:30:00)', timezone: 'Europe/London' });
    expect(read).toMatchObject({ type: 'bad', invalid: says('go forward') });
  });

  it.each([
    ['Mars/Phobos', 'IANA'],
    ['+08:00', 'IANA'],
    ['', 'IANA'],
    ['asia/shanghai', 'spelt Asia/Shanghai'],
  ])('the time zone "%s"', (timezone, fault) => {
    const read = readExpression({ expression: 'rate(1 day)', timezone });
    expect(read).toMatchObject({ type: 'bad', path: 'timezone', invalid: says(fault) });
  });

  it.each([
    'Asia/Shanghai',
    'Europe/London',
    'America/New_York',
    'UTC',
    'America/Argentina/Buenos_Aires',
    'Asia/Kolkata',
  ])('but not the time zone %s', (timezone) => {
    expect(readExpression({ expression: 'rate(1 day)', timezone }).type).toBe('read');
  });
});

const toMinute = (atMs: number) => new Date(atMs).toISOString().replace(':00.000Z', 'Z');
