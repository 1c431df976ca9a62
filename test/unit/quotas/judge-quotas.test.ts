import { describe, expect, test } from 'vitest';
import { measuredUsage } from '../../../operate/cost/usage.ts';
import { advisedParams, judgeConcurrency, judgeReserve } from '../../../operate/quotas/judge-concurrency.ts';
import { judgeNewTable, judgeTable, UNITS_PER_RECIPIENT } from '../../../operate/quotas/judge-table.ts';
import { fitConcurrency, sumOf } from '../../../operate/quotas/queue-concurrency.ts';

const QUEUES = { senderConcurrency: 50, campaignConcurrency: 20, eventConcurrency: 10 };
const region = 'ap-southeast-1';
const account = (limit: number, more: { queues?: typeof QUEUES; reserved?: number } = {}) => ({
  region,
  limit,
  unreserved: limit - (more.reserved ?? 0),
  queues: more.queues ?? QUEUES,
  reserved: more.reserved,
});

describe('what fits into an account', () => {
  test.each([10, 20, 50, 100, 133])('of %i at once leaves room for users and WeChat', (limit) => {
    expect(judgeConcurrency(account(limit)).level).toBe('warn');
    const fitted = fitConcurrency(QUEUES, limit);
    expect(sumOf(fitted)).toBeLessThanOrEqual(0.7 * limit);
    expect(Math.min(...Object.values(fitted))).toBeGreaterThanOrEqual(2); // what Lambda takes
  });

  test.each([134, 1000])('of %i at once is what serverless.yml says', (limit) => {
    expect(judgeConcurrency(account(limit)).level).toBe('ok');
    expect(fitConcurrency(QUEUES, limit)).toEqual(QUEUES);
  });

  test('counts what other functions keep for themselves', () => {
    const { level } = judgeConcurrency({ ...account(1000), unreserved: 100 });
    expect(level).toBe('warn');
  });

  test('AWS is asked for as much as the queues want, where that is more than it usually gives', () => {
    const { advice } = judgeConcurrency(account(1000, { queues: { ...QUEUES, senderConcurrency: 1170 } }));
    expect(advice?.en).toContain('--desired-value 2000');
  });
});

describe('concurrency for WeChat’s pushes', () => {
  // AWS refuses what leaves the other functions fewer than 100.
  test.each([10, 100, 199, 233])('is not advised in an account of %i', (limit) => {
    expect(judgeReserve(account(limit)).advice).toBeUndefined();
    expect(advisedParams(account(limit))).not.toHaveProperty('wechatEventsReservedConcurrency');
  });

  test.each([234, 1000])('is advised in an account of %i', (limit) => {
    expect(advisedParams(account(limit))).toEqual({ wechatEventsReservedConcurrency: 100 });
    expect(judgeReserve(account(limit)).advice?.zh).toContain('wechatEventsReservedConcurrency=100');
  });

  test('is not advised twice', () => {
    expect(judgeReserve(account(1000, { reserved: 50 }))).toMatchObject({ level: 'ok' });
    expect(advisedParams(account(1000, { reserved: 50 }))).toEqual({});
  });
});

describe('a table', () => {
  const table = { region, warmWrites: 4000, warmReads: 12_000, mostWrites: undefined, quotaWrites: 40_000 };

  test('that is new is no trouble, and its limit is said before there is one', () => {
    expect(judgeTable(table)).toEqual(judgeNewTable());
    expect(judgeNewTable()).toMatchObject({
      level: 'ok',
      says: { en: expect.stringContaining('1500 recipients') },
    });
  });

  test('that is held to less by hand is told', () => {
    expect(judgeTable({ ...table, mostWrites: 500 })).toMatchObject({ level: 'warn' });
    expect(judgeTable({ ...table, mostWrites: 9000 })).toMatchObject({ level: 'ok' });
  });

  test('that takes all that the account allows comes with what to ask AWS for', () => {
    const { level, advice } = judgeTable({ ...table, warmWrites: 40_000 });
    expect([level, advice?.en]).toEqual(['warn', expect.stringContaining('--desired-value 80000')]);
    expect(advice?.zh).toContain('L-AB614373');
  });

  test('of which AWS tells nothing is not judged', () => {
    expect(judgeTable({ ...table, warmWrites: undefined }).level).toBe('skip');
  });

  test('is reckoned by what a recipient was measured to use', async () => {
    const { campaign, events } = (await measuredUsage()).crowd;
    expect(UNITS_PER_RECIPIENT.write).toBeCloseTo(campaign.writeUnits + events.writeUnits, 0);
    expect(UNITS_PER_RECIPIENT.read).toBeCloseTo(campaign.readUnits + events.readUnits, 0);
  });
});
