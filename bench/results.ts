import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Figure, renderFigures } from './figures.ts';
import { plotFigures } from './plot.ts';

const FOLDER = join(import.meta.dirname, 'results');
const DOCUMENT = join(import.meta.dirname, '../docs/en/performance.md');
const PLOT = join(import.meta.dirname, '../docs/images/performance.svg');
const START = '<!-- figures -->';
const END = '<!-- /figures -->';

const figure = v.object({
  part: v.string(),
  name: v.string(),
  value: v.number(),
  unit: v.string(),
  range: v.exactOptional(v.tuple([v.number(), v.number()])),
  ratio: v.exactOptional(v.object({ of: v.string(), value: v.number() })),
  must: v.exactOptional(v.union([v.object({ atMost: v.number() }), v.object({ atLeast: v.number() })])),
});
const results = v.object({ machine: v.string(), figures: v.array(figure) });

/** What was measured on, and when. */
export function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.version}, ${new Date().toISOString().slice(0, 16)}Z`;
}

/** Keeps what a part measured, in place of what it did before. */
export async function saveResults(part: string, figures: readonly Figure[]): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(
    join(FOLDER, `${part}.json`),
    JSON.stringify({ machine: machine(), figures }, undefined, 2),
  );
}

/** Puts what all parts measured last into docs/en/performance.md, and the plot beside it. */
export async function writeDocument(parts: readonly string[]): Promise<void> {
  const saved = (await readdir(FOLDER)).filter((name) => parts.includes(name.replace(/\.json$/, '')));
  const read = await Promise.all(
    saved
      .toSorted((a, b) => parts.indexOf(a.slice(0, -5)) - parts.indexOf(b.slice(0, -5)))
      .map(async (name) => ({
        part: name.slice(0, -5),
        ...v.parse(results, JSON.parse(await readFile(join(FOLDER, name), 'utf8'))),
      })),
  );
  const sections = read.map(
    (each) => `\`npm run bench -- ${each.part}\`: ${each.machine}\n\n${renderFigures(each.figures)}`,
  );
  const before = await readFile(DOCUMENT, 'utf8');
  const [start, end] = [before.indexOf(START), before.indexOf(END)];
  if (start === -1 || end === -1) throw new Error(`Put ${START} and ${END} where the tables belong.`);
  await writeFile(
    DOCUMENT,
    `${before.slice(0, start + START.length)}\n\n${sections.join('\n\n')}\n\n${before.slice(end)}`,
  );
  await writeFile(PLOT, plotFigures(read.flatMap(({ figures }) => figures)));
}
