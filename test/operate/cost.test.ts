import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ITEMS, REGIONS } from '../../operate/cost/prices.ts';
import { reckon, totalOf } from '../../operate/cost/reckon.ts';
import { documentTable } from '../../operate/cost/texts.ts';
import { measuredUsage } from '../../operate/cost/usage.ts';
import { runCommand } from './run-command.ts';

const USED = {
  writeUnits: 2,
  readUnits: 4,
  apiRequests: 1,
  invocations: 3,
  queueRequests: 5,
  milliseconds: 1_024,
  logBytes: 1_000,
  events: 1,
};
const NOTHING = Object.fromEntries(Object.keys(USED).map((name) => [name, 0])) as typeof USED;
const usage = { grants: NOTHING, messages: USED, timed: USED, campaign: NOTHING };

describe('reckoning', () => {
  const million = (price: number) => ({ price, source: 'https://prices' });
  const region = {
    currency: 'USD' as const,
    prices: { writeUnits: million(10), gbSeconds: { price: 1, source: 'https://prices' } },
  };

  test('multiplies what each kind uses, and adds the kinds up', () => {
    const lines = reckon({ messages: 1_000_000, timed: 500_000 }, usage, region);
    const amounts = Object.fromEntries(lines.map(({ item, amount }) => [item, amount]));
    expect(amounts).toMatchObject({ writeUnits: 3_000_000, readUnits: 6_000_000, events: 1_500_000 });
    // One whole CPU is 1,769 MB.
    expect(amounts['gbSeconds']).toBeCloseTo((1_500_000 * 1.024 * 1_769) / 1_024);
    expect(amounts['logGb']).toBe(1.5);
  });

  test('prices by the million or by the piece, and says what it does not know', () => {
    const lines = reckon({ messages: 1_000_000 }, usage, region);
    const cost = Object.fromEntries(lines.map((line) => [line.item, line.cost]));
    expect(cost['writeUnits']).toBe(20);
    expect(cost['gbSeconds']).toBeCloseTo(1_769_000);
    expect(cost['readUnits']).toBeUndefined();
    expect(totalOf(lines).unknown).toContain('readUnits');
    expect(totalOf(lines).known).toBeCloseTo(1_769_020);
  });
});

test('every price names the page of AWS that it was read from', () => {
  for (const { prices } of Object.values(REGIONS)) {
    for (const { price, source } of Object.values(prices)) {
      expect(price).toBeGreaterThan(0);
      expect(source).toMatch(/^https:\/\/(aws\.amazon\.com|www\.amazonaws\.cn)\/.*pricing\//);
    }
  }
  expect(Object.keys(REGIONS['us-east-1']?.prices ?? {}).sort()).toEqual(Object.keys(ITEMS).sort());
});

test('the table of docs/cost.md is what the calculator says', async () => {
  expect(readFileSync('docs/cost.md', 'utf8')).toContain(documentTable(await measuredUsage()));
});

describe('npm run cost', () => {
  test('prints a bill', async () => {
    const { code, stdout } = await runCommand('cost', ['--messages', '1000000', '--campaign', '5000']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/DynamoDB write request units, a million +[\d,.]+ +\$\d+\.\d\d/);
    expect(stdout).toMatch(/Total 合计 \$\d+\.\d\d$/m);
  });

  test('of a region in China says which prices are unknown', async () => {
    const { code, stdout } = await runCommand('cost', ['--messages', '1000', '--region', 'cn-northwest-1']);
    expect(code).toBe(0);
    expect(stdout).toContain('unknown 未知');
    expect(stdout).toContain('不含未知项');
  });

  test.each([
    [['--messages', 'many'], 'takes a whole number'],
    [[], 'Say how much'],
    [['--messages', '1', '--region', 'mars-1'], '目前只有这些区域'],
  ])('refuses %j and says what to give', async (args, words) => {
    const { code, stderr } = await runCommand('cost', args);
    expect(code).toBe(1);
    expect(stderr).toContain(words);
  });
});
