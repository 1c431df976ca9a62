import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Bill, billTable } from '../../operate/cost/bill.ts';
import { withTables } from '../../operate/cost/document.ts';
import { withOwnPrices } from '../../operate/cost/own-prices.ts';
import { ITEMS, RECORDED, type Region, regionOf } from '../../operate/cost/prices.ts';
import { reckon, totalOf } from '../../operate/cost/reckon.ts';
import { measuredUsage } from '../../operate/cost/usage.ts';
import { runCommand } from './run-command.ts';

const REGION_OF_NONE: Region = { name: 'ap-southeast-1', currency: 'USD', prices: {}, free: {} };
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

  test('adds the requests to the webhook to the bill', () => {
    const lines = reckon({ webhooks: 2_000_000 }, usage, RECORDED);
    expect(lines.find(({ item }) => item === 'webhookRequests')).toMatchObject({
      amount: 2_000_000,
      cost: 0.4,
    });
  });

  test('leaves out what is free, where that is asked for', () => {
    const all = amounts(reckon({ messages: 1_000_000 }, usage, region, true));
    expect(all).toMatchObject({ invocations: 2_000_000, queueRequests: 0 });
  });
});

test('every recorded price names the page of AWS that it was read from', () => {
  for (const { price, source, seen } of Object.values(RECORDED.prices)) {
    expect(price).toBeGreaterThan(0);
    expect(seen).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/.*pricing\//);
  }
  expect(Object.keys(RECORDED.prices).sort()).toEqual(Object.keys(ITEMS).sort());
});

test.each([
  ['en', /\| recipients of a campaign .*\$\d/],
  ['zh', /\| 群发收件人 .*\$\d/],
] as const)(
  "the tables of docs/%s/cost.md are the calculator's: npm run cost -- --write renews them",
  async (language, row) => {
    const document = readFileSync(`docs/${language}/cost.md`, 'utf8');
    expect(document).toBe(withTables(document, await measuredUsage(), language));
    expect(document).toMatch(row);
  },
);

const billOf = (region: Region, bill: Partial<Bill> = {}) =>
  billTable({
    lines: reckon({ messages: 1_000_000 }, usage, region),
    region,
    rate: { cnyPerUsd: 7 },
    missing: [],
    ...bill,
  });

describe('npm run cost', () => {
  test.each([
    [['--messages', 'many'], 'takes a whole number'],
    [[], 'Say how much'],
    [['--messages', '1', '--region', 'mars'], 'is no region of AWS'],
    [['--messages', '1', '--cny-per-usd', '0'], '--cny-per-usd takes a number such as 6.73'],
    [['--messages', '1', '--cny-per-usd', 'seven'], '--cny-per-usd takes a number such as 6.73'],
    [['--messages', '1', '--timeout', '0'], '--timeout takes a whole number from 1 on'],
    [['--messages', '1', '--price-list', 'pricing.example'], '--price-list takes an address'],
  ])('refuses %j and says what to give', async (args, words) => {
    const { code, stderr } = await runCommand('cost', args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('prints a bill in USD and CNY, and marks prices that are recorded ones of us-east-1', async () => {
    const { code, stdout } = await runCommand('cost', [
      '--messages',
      '1000000',
      '--campaign',
      '5000',
      '--offline',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/DynamoDB write request units +[\d,.]+ +\$\d+\.\d\d +¥\d+\.\d\d \*$/m);
    expect(stdout).toMatch(/Total \$\d+\.\d\d {2}¥\d+\.\d\d \*$/m);
    expect(stdout).toContain(
      "* Recorded of us-east-1 on 2026-11-23: AWS's price list of ap-southeast-1 did not tell",
    );
    expect(stdout).toContain('CNY at 6.7351 for a dollar, the central parity of 2026-09-30');
  });
});

test('of a region without prices nothing is invented', () => {
  const bill = billOf(REGION_OF_NONE);
  expect(bill).toContain('Total unknown');
  expect(bill).not.toContain('$');
});

test('a bill says for which things it knows no price', () => {
  const region: Region = {
    ...REGION_OF_NONE,
    prices: { writeUnits: { price: 5, source: 'file', read: 'own', seen: '' } },
  };
  expect(billOf(region)).toMatch(/Total \$10\.00 {2}¥70\.00, without: DynamoDB read request units;/);
});

describe('what AWS’s list does not tell', () => {
  const listed = { events: { price: 9, source: 'list', read: 'list', seen: '2026-11-20' } } as const;

  test('costs what was recorded of us-east-1', () => {
    const { currency, prices } = regionOf('ap-east-1', listed, 7);
    expect(currency).toBe('USD');
    expect(prices).toEqual({ ...RECORDED.prices, ...listed });
  });

  test('is changed into CNY beside prices in CNY', () => {
    const { currency, prices } = regionOf('cn-north-1', listed, 7);
    expect([currency, prices.apiRequests?.price, prices.events?.price]).toEqual(['CNY', 7, 9]);
  });

  test('of AWS China is in USD where the list told nothing', () => {
    expect(regionOf('cn-north-1', {}, 7)).toMatchObject({ currency: 'USD', prices: RECORDED.prices });
  });
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
    expect(billOf(region)).toContain('Total ¥10.00, without');
  });

  test.each(['{"writeUnit": 5}', '{"writeUnits": "5"}', 'none'])('%s is refused', async (text) => {
    await expect(inFile(text)).rejects.toThrow('is no file of prices');
  });

  test('that are not there are asked for', async () => {
    await expect(withOwnPrices(REGION_OF_NONE, '/nowhere.json')).rejects.toThrow('cannot be read');
  });
});
