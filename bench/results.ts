import { mkdir, readFile, writeFile } from 'node:fs/promises';
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

/**
 * Puts what all parts measured last into docs/en/performance.md, and the plot beside it. A part that was not
 * measured on this machine keeps its table.
 */
export async function writeDocument(parts: readonly string[]): Promise<void> {
  const read = (await Promise.all(parts.map(readResults))).flatMap((found) => found ?? []);
  const before = await readFile(DOCUMENT, 'utf8');
  const [start, end] = [before.indexOf(START), before.indexOf(END)];
  if (start === -1 || end === -1) throw new Error(`Put ${START} and ${END} where the tables belong.`);
  const old = before.slice(start + START.length, end).split(/^(?=`npm run bench)/m);
  const sections = parts.flatMap((part) => {
    const heading = `\`npm run bench -- ${part}\`: `;
    const found = read.find((each) => each.part === part);
    if (found) return [`${heading}${found.machine}\n\n${renderFigures(found.figures)}`];
    return old.find((section) => section.startsWith(heading))?.trim() ?? [];
  });
  await writeFile(
    DOCUMENT,
    `${before.slice(0, start + START.length)}\n\n${sections.join('\n\n')}\n\n${before.slice(end)}`,
  );
  // The plot needs both.
  if (['throughput', 'scale'].every((part) => read.some((each) => each.part === part)))
    await writeFile(PLOT, plotFigures(read.flatMap(({ figures }) => figures)));
}

/** Undefined where the part was not measured here. */
async function readResults(part: string) {
  const text = await readFile(join(FOLDER, `${part}.json`), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : { part, ...v.parse(results, JSON.parse(text)) };
}
