// Reckons what the service costs at AWS.
import { readFile, writeFile } from 'node:fs/promises';
import { CommandError, print, readArguments, runCommand } from './command-line.ts';
import { withOwnPrices } from './cost/own-prices.ts';
import { regionNamed } from './cost/prices.ts';
import { reckon, totalOf } from './cost/reckon.ts';
import { billTable, HELP, MINUTES_OF_MONTH, withTables } from './cost/texts.ts';
import { measuredUsage } from './cost/usage.ts';

const DOCUMENT = new URL('../docs/cost.md', import.meta.url);
const COUNT = { type: 'string', default: '0' } as const;

await runCommand(async () => {
  const options = readArguments('cost', process.argv.slice(2), {
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
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (options.help) {
    print(HELP);
    return 0;
  }
  const usage = await measuredUsage();
  if (options.write) {
    await writeFile(DOCUMENT, withTables(await readFile(DOCUMENT, 'utf8'), usage));
    return 0;
  }
  const publicly = regionNamed(options.region);
  if (!publicly) throw new CommandError(`"${options.region}" is no region of AWS. 不是 AWS 区域。`);
  const region = options.prices === undefined ? publicly : await withOwnPrices(publicly, options.prices);
  const counts = {
    messages: countIn('--messages', options.messages),
    timed: countIn('--timed', options.timed),
    campaign: countIn('--campaign', options.campaign),
    grants: countIn('--grants', options.grants),
    events: countIn('--events', options.events),
    users: countIn('--users', options.users),
    minutes: countIn('--months', options.months) * MINUTES_OF_MONTH,
  };
  if (Object.values(counts).every((count) => count === 0)) {
    throw new CommandError(
      'Say how much: --messages N, --campaign N … 请给出数量，例如 --messages 1000000。',
    );
  }
  const lines = reckon(counts, options.crowd ? usage.crowd : usage.alone, region, options.free);
  if (options.json)
    print(JSON.stringify({ region: options.region, currency: region.currency, lines, ...totalOf(lines) }));
  else print(billTable(lines, region));
  return 0;
});

function countIn(option: string, text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new CommandError(`${option} takes a whole number. ${option} 需要整数。`);
}
