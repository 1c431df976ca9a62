import { resolve } from 'node:path';
import { unknown } from '../operate/argument-faults.ts';
import { print, runCommand, UsageError, wholeNumber } from '../operate/command-line.ts';
import { measureColdStart } from './cold-start/cold-start.ts';
import { type Figure, keeps, renderFigures } from './figures.ts';
import { measureLateness } from './lateness.ts';
import type { MeasureOptions } from './options.ts';
import { machine, saveResults, writeDocument } from './results.ts';
import { measureScale } from './scale.ts';
import { measureThroughput } from './throughput.ts';
import { measureUnits } from './units.ts';
import { measureUsage } from './usage.ts';
import { measureWatchedRun } from './watch-run.ts';

type Measure = (options: MeasureOptions) => Promise<readonly Figure[]>;

const PARTS: Readonly<Record<string, Measure>> = {
  cold: measureColdStart,
  throughput: measureThroughput,
  units: measureUnits,
  usage: measureUsage,
  lateness: measureLateness,
  scale: measureScale,
  console: measureWatchedRun,
};

/** Needs Chromium, so that it is measured by name only. */
const BY_NAME_ONLY = new Set(['console']);

const HELP = `Measures the service beside its peers and prints one table of ratios.

  npm run bench                         all parts but console, which needs Chromium (Debian's, or CHROMIUM=/path)
  npm run bench -- throughput           one part, or several
  npm run bench -- --rounds 5           medians of so many interleaved rounds (3)
  npm run bench -- --only pipeline      only the subjects whose name begins so (pipeline,co: either); ratios to others are missing then
  npm run bench -- --beside FILE        also the pipeline of another build: its handlers/send-messages.mjs, unpacked
  npm run bench -- --profile FOLDER     writes CPU profiles of the senders there, for a browser's developer tools
  npm run bench -- --write              puts what was measured last, all parts, into docs/en/performance.md; measures nothing
  npm run bench -- --large              also what takes an hour: a million recipients, a million booked messages

Parts: ${Object.keys(PARTS).join(', ')}`;

const OPTIONS = {
  rounds: { type: 'string', default: '3' },
  only: { type: 'string', default: '' },
  profile: { type: 'string' },
  beside: { type: 'string' },
  large: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
} as const;

await runCommand({ name: 'bench', help: HELP, options: OPTIONS, takesWords: true }, async (given, words) => {
  const names = words.length > 0 ? words : Object.keys(PARTS).filter((part) => !BY_NAME_ONLY.has(part));
  for (const name of names)
    if (!Object.hasOwn(PARTS, name)) throw new UsageError(unknown('part', name, Object.keys(PARTS)));
  const options: MeasureOptions = {
    rounds: wholeNumber('rounds', given.rounds, 1),
    only: given.only,
    large: given.large,
    ...(given.beside !== undefined && { beside: resolve(given.beside) }),
    ...(given.profile !== undefined && { profileInto: resolve(given.profile) }),
    print,
  };
  // What things use is told in docs/en/cost.md.
  if (given.write) await writeDocument(Object.keys(PARTS).filter((part) => part !== 'usage'));
  else await measure(names, options);
  return 0;
});

async function measure(names: readonly string[], options: MeasureOptions): Promise<void> {
  const figures: Figure[] = [];
  for (const name of names) {
    print(`${name} ...`);
    const measured = (await PARTS[name]?.(options)) ?? [];
    // A part of a part does not stand for the whole.
    if (options.only === '') await saveResults(name, measured);
    figures.push(...measured);
  }
  print(`\n${machine()}\n\n${renderFigures(figures)}`);
  const missed = figures.filter((figure) => keeps(figure) === false).length;
  if (missed > 0)
    print(`\n${missed} of the figures are not what they must be; docs/en/performance.md says why.`);
}
