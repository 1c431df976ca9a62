import { describe, expect, test } from 'vitest';
import { ITEMS_OF_SERVICE, type Service } from '../../operate/cost/price-list-file.ts';
import { ITEMS, regionOf } from '../../operate/cost/prices.ts';
import { readPriceList } from '../../operate/cost/read-price-list.ts';
import { type Answer, filesOfRegion, priceListFile, startPriceList } from './price-list.ts';
import { runCommand } from './run-command.ts';

const serviceOf = (path: string) => path.split('/')[4] as Service;
const priceList = (code: string, changed: Partial<Record<Service, Answer>> = {}, currency = 'USD') => {
  const files: Record<Service, Answer> = { ...filesOfRegion(code, currency), ...changed };
  return startPriceList((path) => files[serviceOf(path)]);
};
const amountsOf = ({ prices }: Awaited<ReturnType<typeof readPriceList>>) =>
  Object.fromEntries(Object.entries(prices).map(([item, { price }]) => [item, price]));
const LISTED = {
  writeUnits: 0.712,
  readUnits: 0.142,
  storageGb: 0.285,
  invocations: 0.2,
  gbSeconds: 0.0000133334,
  apiRequests: 1.25,
  queueRequests: 0.4,
  events: 1.1,
  logGb: 0.7,
};

test('every item is sought in the list, but for requests to the webhook, whose product nobody names', () => {
  const sought = [...ITEMS_OF_SERVICE.values()].flat();
  expect([...sought, 'webhookRequests'].sort()).toEqual(Object.keys(ITEMS).sort());
});

describe('reading the price list', () => {
  test.each([
    ['ap-southeast-1', 'APS1-'],
    ['eu-west-1', 'EU-'],
    ['us-east-1', ''],
  ])('finds what %s charges for each item and takes no neighbour for it', async (region, code) => {
    const { address, asked } = await priceList(code);
    const listed = await readPriceList(region, { address, timeoutMs: 5_000 });
    expect(amountsOf(listed)).toEqual(LISTED);
    expect(listed.missing).toEqual([]);
    expect(listed.prices.logGb).toMatchObject({ read: 'list', seen: '2026-11-20' });
    expect(asked).toHaveLength(6);
    expect(asked).toContain(`/offers/v1.0/aws/AmazonDynamoDB/current/${region}/index.json`);
  });

  test('finds what is told twice at one price, with and without the code of the region', async () => {
    const twice = priceListFile('AmazonCloudWatch', [
      ['DataProcessing-Bytes', [['0', '0.5000000000']]],
      ['USE1-DataProcessing-Bytes', [['0', '0.5000000000']]],
    ]);
    const { address } = await priceList('', { AmazonCloudWatch: twice });
    expect(amountsOf(await readPriceList('us-east-1', { address, timeoutMs: 5_000 }))).toMatchObject({
      logGb: 0.5,
    });
  });

  test('takes none of two prices of the same thing', async () => {
    const two = priceListFile('AmazonCloudWatch', [
      ['APS1-DataProcessing-Bytes', [['0', '0.5000000000']]],
      ['APS2-DataProcessing-Bytes', [['0', '0.6000000000']]],
    ]);
    const { address } = await priceList('APS1-', { AmazonCloudWatch: two });
    const listed = await readPriceList('ap-southeast-1', { address, timeoutMs: 5_000 });
    expect(listed.prices.logGb).toBeUndefined();
    expect(listed.missing).toEqual(['AmazonCloudWatch: 2 different prices of DataProcessing-Bytes']);
  });

  test('reads the list of AWS China, which is in CNY', async () => {
    const { address, asked } = await priceList('CNW1-', {}, 'CNY');
    const listed = await readPriceList('cn-northwest-1', { address, timeoutMs: 5_000 });
    expect(amountsOf(listed)).toEqual(LISTED);
    expect(asked).toContain('/offers/v1.0/cn/AWSLambda/current/cn-northwest-1/index.json');
    expect(regionOf('cn-northwest-1', listed.prices, 7).currency).toBe('CNY');
  });

  test('says that a region has no arm64 and takes x86_64', async () => {
    const lambda = priceListFile(
      'AWSLambda',
      [
        ['CNN1-Request', [['0', '0.0000013600']]],
        ['CNN1-Lambda-GB-Second', [['0', '0.0001133500']]],
      ],
      { currency: 'CNY' },
    );
    const { address } = await priceList('CNN1-', { AWSLambda: lambda }, 'CNY');
    const { prices } = await readPriceList('cn-north-1', { address, timeoutMs: 5_000 });
    expect(prices.gbSeconds).toMatchObject({
      price: 0.00011335,
      note: { en: expect.stringContaining('x86_64') },
    });
    expect(prices.invocations).toMatchObject({ price: 1.36 });
  });

  const broken: readonly (readonly [string, Answer, RegExp])[] = [
    ['is not there', { status: 404 }, /^AWSEvents: HTTP 404$/],
    ['is no JSON', '<html>', /^AWSEvents: not a price list/],
    ['has another form', '{"products": []}', /^AWSEvents: not a price list/],
    ['has nothing of the kind', priceListFile('AWSEvents', []), /^AWSEvents: no price in USD$/],
    ['has another currency', filesOfRegion('APS1-', 'EUR').AWSEvents, /^AWSEvents: no price in USD$/],
    [
      'has a price that is no number',
      priceListFile('AWSEvents', [['APS1-Event-64K-Chunks', [['0', 'free']]]]),
      /^AWSEvents: no price in USD$/,
    ],
    ['never comes', 'silence', /^AWSEvents: no answer within 0\.3 s$/],
  ];
  test.each(broken)('a file that %s costs its own items only', async (_, answer, reason) => {
    const { address } = await priceList('APS1-', { AWSEvents: answer });
    const { prices, missing } = await readPriceList('ap-southeast-1', {
      address,
      timeoutMs: answer === 'silence' ? 300 : 5_000,
    });
    expect(Object.keys(prices).sort()).toEqual(
      Object.keys(LISTED)
        .filter((item) => item !== 'events')
        .sort(),
    );
    expect(missing).toHaveLength(1);
    expect(missing[0]).toMatch(reason);
  });

  test('a list that cannot be reached is told in one reason', async () => {
    const { prices, missing } = await readPriceList('ap-southeast-1', {
      address: 'http://127.0.0.1:1',
      timeoutMs: 5_000,
    });
    expect(prices).toEqual({});
    expect(missing).toEqual([expect.stringContaining('fetch failed')]);
  });

  test('tells how far it is', async () => {
    const { address } = await priceList('APS1-');
    const told: string[] = [];
    const onFile = (done: number, all: number) => told.push(`${done}/${all}`);
    await readPriceList('ap-southeast-1', { address, timeoutMs: 5_000, onFile });
    expect(told).toEqual(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6']);
  });
});

describe('npm run cost', () => {
  const MESSAGES = ['--messages', '1000000', '--region', 'ap-southeast-1', '--price-list'];

  test('reckons with the list of the region and says of when it is', async () => {
    const { address } = await priceList('APS1-');
    const { code, stdout } = await runCommand('cost', [...MESSAGES, `${address}/`, '--cny-per-usd', '10']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/API Gateway \(HTTP API\) requests +1,000,000 +\$1\.25 +¥12\.50$/m);
    expect(stdout).toContain("Prices of ap-southeast-1, from AWS's price list as published on 2026-11-20.");
    expect(stdout).toContain('CNY at 10 for a dollar.');
    expect(stdout).not.toContain('*');
  });

  test('marks what the list did not tell, and the total with it', async () => {
    const { address } = await priceList('APS1-', { AWSQueueService: { status: 500 } });
    const { stdout } = await runCommand('cost', [...MESSAGES, address]);
    expect(stdout).toMatch(/SQS requests .*\$1\.20.* \*$/m);
    expect(stdout).toMatch(/DynamoDB write request units .*¥\d+\.\d\d$/m);
    expect(stdout).toMatch(/Total .* \*$/m);
    expect(stdout).toContain("AWS's price list of ap-southeast-1 did not tell: AWSQueueService: HTTP 500.");
  });

  test('gives a silent list up in time', async () => {
    const { address } = await startPriceList(() => 'silence');
    const { code, stdout } = await runCommand('cost', [...MESSAGES, address, '--timeout', '1']);
    expect(code).toBe(0);
    expect(stdout).toContain('did not tell: no answer within 1 s.');
  });

  test('of AWS China shows CNY alone', async () => {
    const { address } = await priceList('CNW1-', {}, 'CNY');
    const { stdout } = await runCommand('cost', [
      '--messages',
      '1000000',
      '--price-list',
      address,
      '--region',
      'cn-northwest-1',
    ]);
    expect(stdout).toMatch(/Total ¥\d+\.\d\d$/m);
    expect(stdout).not.toContain('$');
    expect(stdout).not.toContain('for a dollar');
  });

  test.each([
    [{}, 'ap-southeast-1'],
    [{ AWS_REGION: 'ap-northeast-1' }, 'ap-northeast-1'],
  ])('with %j asks for %s where no region is named', async (env, region) => {
    const { address, asked } = await priceList('APS1-');
    const { stdout } = await runCommand('cost', ['--messages', '5', '--price-list', address, '--json'], env);
    expect(asked.every((path) => path.endsWith(`/${region}/index.json`))).toBe(true);
    expect(JSON.parse(stdout)).toMatchObject({
      region,
      currency: 'USD',
      rate: { cnyPerUsd: 6.7351 },
      missing: [],
    });
  });

  test('--offline asks nobody', async () => {
    const { address, asked } = await priceList('APS1-');
    const { stdout } = await runCommand('cost', [...MESSAGES, address, '--offline']);
    expect(asked).toEqual([]);
    expect(stdout).toContain('it was not asked (--offline)');
  });
});
