// Reckons what the service costs at AWS.
import { readFile, writeFile } from 'node:fs/promises';
import { print, runCommand, UsageError, wholeNumber } from './command-line.ts';
import { withOwnPrices } from './cost/own-prices.ts';
import { regionNamed } from './cost/prices.ts';
import { reckon, totalOf } from './cost/reckon.ts';
import { billTable, HELP, MINUTES_OF_MONTH, withTables } from './cost/texts.ts';
import { measuredUsage } from './cost/usage.ts';

const DOCUMENT = new URL('../docs/cost.md', import.meta.url);
const COUNT = { type: 'string', default: '0' } as const;

const OPTIONS = {
  messages: COUNT,
  timed: COUNT,
  campaign: COUNT,
  grants: COUNT,
  events: COUNT,
  users: COUNT,
  months: COUNT,
  crowd: { type: 'boolean', default: false },
  free: { type: 'boolean', default: false },
  region: { type: 'string', default: 'us-east-1' },
  prices: { type: 'string' },
  write: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

await runCommand({ name: 'cost', help: HELP, options: OPTIONS }, async (options) => {
  const usage = await measuredUsage();
  if (options.write) {
    await writeFile(DOCUMENT, withTables(await readFile(DOCUMENT, 'utf8'), usage));
    return 0;
  }
  const publicly = regionNamed(options.region);
  if (!publicly) throw new UsageError(`"${options.region}" is no region of AWS. 不是 AWS 区域。`);
  const region = options.prices === undefined ? publicly : await withOwnPrices(publicly, options.prices);
  const counts = {
    messages: wholeNumber('messages', options.messages),
    timed: wholeNumber('timed', options.timed),
    campaign: wholeNumber('campaign', options.campaign),
    grants: wholeNumber('grants', options.grants),
    events: wholeNumber('events', options.events),
    users: wholeNumber('users', options.users),
    minutes: wholeNumber('months', options.months) * MINUTES_OF_MONTH,
  };
  if (Object.values(counts).every((count) => count === 0)) {
    throw new UsageError('Say how much: --messages N, --campaign N … 请给出数量，例如 --messages 1000000。');
  }
  const lines = reckon(counts, options.crowd ? usage.crowd : usage.alone, region, options.free);
  if (options.json)
    print(JSON.stringify({ region: options.region, currency: region.currency, lines, ...totalOf(lines) }));
  else print(billTable(lines, region));
  return 0;
});
