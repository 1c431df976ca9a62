import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { withOwnPrices } from '../../operate/cost/own-prices.ts';
import { ITEMS, REGIONS, regionNamed } from '../../operate/cost/prices.ts';
import { reckon, totalOf } from '../../operate/cost/reckon.ts';
import { billTable, withTables } from '../../operate/cost/texts.ts';
import { measuredUsage } from '../../operate/cost/usage.ts';
import { runCommand } from './run-command.ts';

const REGION_OF_NONE = { currency: 'USD' as const, prices: {}, free: {} };
const USED = {
  writeUnits: 2,
  readUnits: 4,
  apiRequests: 1,
  invocations: 3,
  queueRequests: 5,
  tableCalls: 10,
  cpuMilliseconds: 1_024,
  logBytes: 1_000,
  events: 1,
  storedBytes: 2_000,
};
const NOTHING = Object.fromEntries(Object.keys(USED).map((name) => [name, 0])) as typeof USED;
const usage = {
  users: NOTHING,
  grants: NOTHING,
  messages: USED,
  timed: USED,
  campaign: USED,
  events: NOTHING,
  minutes: NOTHING,
};

describe('reckoning', () => {
  const priced = (price: number) => ({ price, source: 'https://prices', read: 'page', seen: '' }) as const;
  const region = {
    currency: 'USD' as const,
    prices: { writeUnits: priced(10), gbSeconds: priced(1) },
    free: { invocations: 1_000_000, queueRequests: 9_000_000 },
  };
  const amounts = (lines: ReturnType<typeof reckon>) =>
    Object.fromEntries(lines.map(({ item, amount }) => [item, amount]));

  test('multiplies what each kind uses, and adds the kinds up', () => {
    const all = amounts(reckon({ messages: 1_000_000, timed: 500_000 }, usage, region));
    expect(all).toMatchObject({ writeUnits: 3_000_000, readUnits: 6_000_000, events: 1_500_000 });
    expect(all).toMatchObject({ logGb: 1.5, storageGb: 3 });
  });

  test('pays one whole CPU of 1,769 MB for computing and 1 GB for waiting, which recipients of a campaign share', () => {
    const seconds = (counts: object) => amounts(reckon(counts, usage, region))['gbSeconds'];
    expect(seconds({ messages: 1_000 })).toBeCloseTo(1_769 + 100);
    expect(seconds({ campaign: 1_000 })).toBeCloseTo(1_769 + 2);
  });

  test('prices by the million or by the piece, and says what it does not know', () => {
    const lines = reckon({ messages: 1_000_000 }, usage, region);
    const cost = Object.fromEntries(lines.map((line) => [line.item, line.cost]));
    expect(cost['writeUnits']).toBe(20);
    expect(cost['gbSeconds']).toBeCloseTo(1_869_000);
    expect(cost['readUnits']).toBeUndefined();
    expect(totalOf(lines).unknown).toContain('readUnits');
    expect(totalOf(lines).known).toBeCloseTo(1_869_020);
  });

  test('leaves out what is free, where that is asked for', () => {
    const all = amounts(reckon({ messages: 1_000_000 }, usage, region, true));
    expect(all).toMatchObject({ invocations: 2_000_000, queueRequests: 0 });
  });
});

test('every price names the page of AWS that it was read from', () => {
  for (const { prices } of Object.values(REGIONS)) {
    for (const { price, source, seen } of Object.values(prices)) {
      expect(price).toBeGreaterThan(0);
      expect(seen).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(source).toMatch(/^https:\/\/(aws\.amazon\.com|www\.amazonaws\.cn)\/.*pricing\//);
    }
  }
  expect(Object.keys(REGIONS['us-east-1']?.prices ?? {}).sort()).toEqual(Object.keys(ITEMS).sort());
});

test('the tables of docs/cost.md are what the calculator says: npm run cost -- --write renews them', async () => {
  const document = readFileSync('docs/cost.md', 'utf8');
  expect(document).toBe(withTables(document, await measuredUsage()));
  expect(document).toMatch(/\| recipients of a campaign .*\$\d/);
});

describe('npm run cost', () => {
  test('prints a bill', async () => {
    const { code, stdout } = await runCommand('cost', ['--messages', '1000000', '--campaign', '5000']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/DynamoDB write request units +[\d,.]+ +\$\d+\.\d\d/);
    expect(stdout).toMatch(/Total 合计 \$\d+\.\d\d$/m);
  });

  test('of a region in China says which prices are unknown, and which are doubtful', async () => {
    const { code, stdout } = await runCommand('cost', ['--messages', '1000', '--region', 'cn-northwest-1']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Total 合计 ¥\d+\.\d\d, without 不含: DynamoDB read request units;/);
    expect(stdout).toContain('早于 2024 年 11 月的降价');
  });

  test.each([
    [['--messages', 'many'], 'takes a whole number'],
    [[], 'Say how much'],
    [['--messages', '1', '--region', 'mars'], '不是 AWS 区域'],
  ])('refuses %j and says what to give', async (args, words) => {
    const { code, stderr } = await runCommand('cost', args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});

test('of a region without prices nothing is invented', () => {
  const region = regionNamed('ap-southeast-1');
  expect(region?.prices).toEqual({});
  const bill = billTable(
    reckon({ messages: 1_000 }, usage, region ?? REGION_OF_NONE),
    region ?? REGION_OF_NONE,
  );
  expect(bill).toContain('Total 合计 unknown 未知');
  expect(bill).not.toContain('$');
});

describe('prices of one’s own', () => {
  const inFile = async (text: string) => {
    const file = join(await mkdtemp(join(tmpdir(), 'qingniao-prices-')), 'prices.json');
    onTestFinished(() => rm(dirname(file), { recursive: true }));
    await writeFile(file, text);
    return withOwnPrices(REGION_OF_NONE, file);
  };

  test('are reckoned with', async () => {
    const region = await inFile('{"currency": "CNY", "writeUnits": 5}');
    expect(billTable(reckon({ messages: 1_000_000 }, usage, region), region)).toContain('¥10.00, without');
  });

  test.each(['{"writeUnit": 5}', '{"writeUnits": "5"}', 'none'])('%s is refused', async (text) => {
    await expect(inFile(text)).rejects.toThrow('is no file of prices');
  });

  test('that are not there are asked for', async () => {
    await expect(withOwnPrices(REGION_OF_NONE, '/nowhere.json')).rejects.toThrow('cannot be read');
  });
});
