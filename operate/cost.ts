// Reckons what the service costs at AWS.

import { readFile, writeFile } from 'node:fs/promises';
import { regionFor } from './aws-environment.ts';
import { print, progress, runCommand, UsageError, wholeNumber } from './command-line.ts';
import { countsOfApp } from './cost/app-counts.ts';
import { billTable } from './cost/bill.ts';
import { withTables } from './cost/document.ts';
import { exchangeRate } from './cost/exchange-rate.ts';
import { withOwnPrices } from './cost/own-prices.ts';
import { isRegion, regionOf } from './cost/prices.ts';
import { type ListedPrices, readPriceList } from './cost/read-price-list.ts';
import { type Counts, reckon, totalOf } from './cost/reckon.ts';
import { countsLine, USAGE } from './cost/texts.ts';
import { MINUTES_OF_MONTH, measuredUsage } from './cost/usage.ts';
import { say } from './language.ts';
import { findService } from './service-client.ts';

const LANGUAGES = ['zh', 'en'] as const;
/** The statistics go back so far. */
const MOST_DAYS = 92;
await runCommand(USAGE, async (options) => {
  const usage = await measuredUsage();
  if (options.write) {
    for (const language of LANGUAGES) {
      const page = new URL(`../docs/${language}/cost.md`, import.meta.url);
      await writeFile(page, withTables(await readFile(page, 'utf8'), usage, language));
    }
    return 0;
  }
  const given = {
    messages: wholeNumber('messages', options.messages),
    timed: wholeNumber('timed', options.timed),
    campaign: wholeNumber('campaign', options.campaign),
    grants: wholeNumber('grants', options.grants),
    events: wholeNumber('events', options.events),
    users: wholeNumber('users', options.users),
    webhooks: wholeNumber('webhooks', options.webhooks),
    minutes: wholeNumber('months', options.months) * MINUTES_OF_MONTH,
  };
  const isOfService = [options.stage, options.api, options.app].some((option) => option !== undefined);
  if (Object.values(given).every((count) => count === 0) === !isOfService) {
    throw new UsageError(
      say('Say how much: --messages N, --campaign N …', '请给出数量，例如 --messages 1000000。'),
    );
  }
  const name = regionFor(process.env, options.region);
  if (!isRegion(name))
    throw new UsageError(say(`"${name}" is no region of AWS.`, `“${name}”不是 AWS 区域。`));
  const counts = isOfService ? await lately(options) : given;
  const rate = exchangeRate(options['cny-per-usd']);
  const { prices, missing } = await listedPrices(name, options);
  const listed = regionOf(name, prices, rate.cnyPerUsd);
  const region = options.prices === undefined ? listed : await withOwnPrices(listed, options.prices);
  const lines = reckon(counts, options.crowd ? usage.crowd : usage.alone, region, options.free);
  if (options.json) {
    const { currency } = region;
    const priced = lines.map((line) => ({ ...line, price: region.prices[line.item] }));
    print(
      JSON.stringify({ region: name, currency, counts, lines: priced, ...totalOf(lines), rate, missing }),
    );
  } else {
    if (isOfService) print(countsLine(counts, options.days));
    print(billTable({ lines, region, rate, missing }));
  }
  return 0;
});

/** What the mini program did that the options name. */
async function lately(
  options: Parameters<typeof findService>[0] & { readonly days: string },
): Promise<Counts> {
  const days = wholeNumber('days', options.days, 1);
  if (days > MOST_DAYS)
    throw new UsageError(say(`--days takes at most ${MOST_DAYS}.`, `--days 最多 ${MOST_DAYS}。`));
  return countsOfApp(await findService(options, process.env), days, Date.now());
}

async function listedPrices(
  region: string,
  options: { readonly timeout: string; readonly offline: boolean; readonly 'price-list'?: string },
): Promise<ListedPrices> {
  const seconds = wholeNumber('timeout', options.timeout, 1);
  const address = options['price-list']?.replace(/\/+$/, '');
  if (address !== undefined && !/^https?:\/\//.test(address)) {
    throw new UsageError(
      say(`--price-list takes an address: ${address}`, `--price-list 需要一个网址：${address}`),
    );
  }
  if (options.offline) return { prices: {}, missing: ['it was not asked (--offline)'] };
  progress(say(`AWS's price list of ${region} …`, `正在读取 AWS 价目表（${region}）…`));
  const listed = await readPriceList(region, {
    address,
    timeoutMs: seconds * 1_000,
    onFile: (done, all) =>
      progress(
        say(`AWS's price list of ${region}: ${done} of ${all} files.`, `正在读取 AWS 价目表：${done}/${all}`),
      ),
  });
  progress('');
  return listed;
}
