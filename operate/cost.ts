// Reckons what the service costs at AWS.
import { CommandError, print, readArguments, runCommand } from './command-line.ts';
import { REGIONS } from './cost/prices.ts';
import { reckon, totalOf } from './cost/reckon.ts';
import { billTable, documentTable, HELP } from './cost/texts.ts';
import { measuredUsage } from './cost/usage.ts';

await runCommand(async () => {
  const options = readArguments('cost', process.argv.slice(2), {
    messages: { type: 'string' },
    timed: { type: 'string' },
    campaign: { type: 'string' },
    grants: { type: 'string' },
    region: { type: 'string', default: 'us-east-1' },
    table: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (options.help) {
    print(HELP);
    return 0;
  }
  const usage = await measuredUsage();
  if (options.table) {
    print(documentTable(usage));
    return 0;
  }
  const region = REGIONS[options.region];
  if (!region) {
    throw new CommandError(
      `Prices are known of ${Object.keys(REGIONS).join(', ')}. 目前只有这些区域的价格：${Object.keys(REGIONS).join('、')}。`,
    );
  }
  const counts = {
    messages: countIn('--messages', options.messages),
    timed: countIn('--timed', options.timed),
    campaign: countIn('--campaign', options.campaign),
    grants: countIn('--grants', options.grants),
  };
  if (Object.values(counts).every((count) => count === 0)) {
    throw new CommandError(
      'Say how much: --messages N, --campaign N … 请给出数量，例如 --messages 1000000。',
    );
  }
  const lines = reckon(counts, usage, region);
  if (options.json)
    print(JSON.stringify({ region: options.region, currency: region.currency, lines, ...totalOf(lines) }));
  else print(billTable(lines, region));
  return 0;
});

function countIn(option: string, text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new CommandError(`${option} takes a whole number. ${option} 需要整数。`);
}
