import { readFile, writeFile } from 'node:fs/promises';
import { CommandError, print, runCommand } from '../operate/command-line.ts';
import { packageService } from './package-service.ts';
import { findOutdatedSizes, renderSizes, replaceSizes, sizesOf } from './size-table.ts';

const HELP = `Packages the service and prints how large each function is.

  npm run sizes                    prints a markdown table
  npm run sizes -- --write FILE    also puts it between <!-- sizes --> and <!-- /sizes --> in FILE
  npm run sizes -- --check FILE    exits 1 if the table in FILE is off by more than 5 %

Both may be given several times.`;

await runCommand(
  {
    name: 'sizes',
    help: HELP,
    options: {
      write: { type: 'string', multiple: true, default: [] },
      check: { type: 'string', multiple: true, default: [] },
    },
  },
  async ({ write, check }) => measure(write, check),
);

async function measure(write: readonly string[], check: readonly string[]): Promise<number> {
  // A file that cannot be read is told before half a minute of packaging.
  const read = async (file: string) => ({ file, text: await readFile(file, 'utf8') });
  const [toWrite, toCheck] = await Promise.all([write, check].map((files) => Promise.all(files.map(read))));
  const sizes = sizesOf((await packageService({ stage: 'dev' })).bundles);
  print(renderSizes(sizes));

  const faults: string[] = [];
  for (const { file, text } of toWrite ?? []) {
    const renewed = replaceSizes(text, sizes);
    if (renewed === undefined)
      faults.push(`${file}: put <!-- sizes --> and <!-- /sizes --> where the table belongs.`);
    else await writeFile(file, renewed);
  }
  for (const { file, text } of toCheck ?? []) {
    for (const sentence of findOutdatedSizes(text, sizes))
      faults.push(`${file}: ${sentence} Run npm run sizes -- --write ${file}`);
  }
  if (faults.length > 0) throw new CommandError(faults.join('\n'));
  return 0;
}
