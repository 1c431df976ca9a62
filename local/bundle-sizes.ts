import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { packageService } from './package-service.ts';
import { findOutdatedSizes, renderSizes, replaceSizes, sizesOf } from './size-table.ts';

const HELP = `Packages the service and prints how large each function is.

  npm run sizes                    prints a markdown table
  npm run sizes -- --write FILE    also puts it between <!-- sizes --> and <!-- /sizes --> in FILE
  npm run sizes -- --check FILE    exits 1 if the table in FILE is off by more than 5 %

Both may be given several times.`;

const { values } = parseArgs({
  options: {
    write: { type: 'string', multiple: true, default: [] },
    check: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) console.log(HELP);
else await measure(values.write, values.check);

async function measure(write: readonly string[], check: readonly string[]): Promise<void> {
  const sizes = sizesOf((await packageService({ stage: 'dev' })).bundles);
  console.log(renderSizes(sizes));

  for (const file of write) {
    const renewed = replaceSizes(await readFile(file, 'utf8'), sizes);
    if (renewed === undefined)
      fail(`${file}: put <!-- sizes --> and <!-- /sizes --> where the table belongs.`);
    else await writeFile(file, renewed);
  }

  for (const file of check) {
    const outdated = findOutdatedSizes(await readFile(file, 'utf8'), sizes);
    for (const sentence of outdated) fail(`${file}: ${sentence} Run npm run sizes -- --write ${file}`);
  }
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
