import type { Bundle } from './package-service.ts';

const START = '<!-- sizes -->';
const END = '<!-- /sizes -->';
const ROW = /^\| `([a-z-]+)` \| (\d+) kB \| (\d+) kB \|$/gm;

/** Share by which a measured size may differ from the documented one before the table counts as out of date. */
const TOLERANCE = 0.05;

/** How large one function is, in kB of 1,000 bytes. */
export interface BundleSize {
  readonly functionName: string;
  readonly zipKb: number;
  readonly unpackedKb: number;
}

/** The sizes of packaged functions. */
export function sizesOf(bundles: readonly Bundle[]): BundleSize[] {
  return bundles.map(({ functionName, zipBytes, files }) => ({
    functionName,
    zipKb: toKb(zipBytes),
    unpackedKb: toKb(Object.values(files).reduce((sum, content) => sum + content.length, 0)),
  }));
}

/** The sizes as a markdown table. */
export function renderSizes(sizes: readonly BundleSize[]): string {
  const rows = sizes.map((s) => `| \`${s.functionName}\` | ${s.zipKb} kB | ${s.unpackedKb} kB |`);
  return ['| function | upload | unpacked |', '| --- | ---: | ---: |', ...rows].join('\n');
}

/** `document` with the table between its `<!-- sizes -->` marks renewed, or undefined if it has no such marks. */
export function replaceSizes(document: string, sizes: readonly BundleSize[]): string | undefined {
  const block = findBlock(document);
  if (block === undefined) return undefined;
  return `${document.slice(0, block.start)}\n${renderSizes(sizes)}\n${document.slice(block.end)}`;
}

/**
 * What the table in `document` says wrongly, one sentence each: functions missing or gone, and sizes that are off by
 * more than 5 %. Empty when the table is right.
 */
export function findOutdatedSizes(document: string, sizes: readonly BundleSize[]): string[] {
  const block = findBlock(document);
  if (block === undefined) return [`There is no block between ${START} and ${END}.`];
  const documented = readSizes(document.slice(block.start, block.end));
  const gone = documented.filter((d) => !sizes.some((s) => s.functionName === d.functionName));
  return [
    ...sizes.flatMap((size) => {
      const claim = documented.find((d) => d.functionName === size.functionName);
      return claim === undefined ? [`${size.functionName} is missing.`] : compare(claim, size);
    }),
    ...gone.map((d) => `${d.functionName} is no function any more.`),
  ];
}

function compare(claim: BundleSize, size: BundleSize): string[] {
  const off = isOff(claim.zipKb, size.zipKb) || isOff(claim.unpackedKb, size.unpackedKb);
  if (!off) return [];
  return [
    `${size.functionName} is ${size.zipKb} kB (${size.unpackedKb} kB unpacked), not ${claim.zipKb} kB (${claim.unpackedKb} kB).`,
  ];
}

function isOff(claimedKb: number, measuredKb: number): boolean {
  return Math.abs(claimedKb - measuredKb) > measuredKb * TOLERANCE;
}

function readSizes(table: string): BundleSize[] {
  return [...table.matchAll(ROW)].map(([, functionName = '', zipKb, unpackedKb]) => ({
    functionName,
    zipKb: Number(zipKb),
    unpackedKb: Number(unpackedKb),
  }));
}

function findBlock(document: string): { start: number; end: number } | undefined {
  const mark = document.indexOf(START);
  const end = document.indexOf(END, mark);
  return mark === -1 || end === -1 ? undefined : { start: mark + START.length, end };
}

function toKb(bytes: number): number {
  return Math.round(bytes / 1000);
}
