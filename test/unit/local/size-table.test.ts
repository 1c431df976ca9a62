import { expect, test } from 'vitest';
import { findOutdatedSizes, renderSizes, replaceSizes, sizesOf } from '../../../local/size-table.ts';

const sizes = [
  { functionName: 'grants', zipKb: 200, unpackedKb: 800 },
  { functionName: 'send-messages', zipKb: 300, unpackedKb: 1200 },
];
const documented = (table: string) => `Before\n<!-- sizes -->\n${table}\n<!-- /sizes -->\nAfter`;

test('a bundle is as large as its zip, and unpacked as all its files', () => {
  const files = { 'handlers/grants.mjs': new Uint8Array(700_400), 'licences.txt': new Uint8Array(99_600) };
  expect(sizesOf([{ functionName: 'grants', zipBytes: 200_499, files }])).toEqual([sizes[0]]);
});

test('the table takes the place of the old one and leaves the rest alone', () => {
  expect(replaceSizes(documented('| old |'), sizes)).toBe(documented(renderSizes(sizes)));
});

test('a document without marks is not touched', () => {
  expect(replaceSizes('No marks here', sizes)).toBeUndefined();
  expect(findOutdatedSizes('No marks here', sizes)).toHaveLength(1);
});

test('a table is right up to 5 % and outdated beyond', () => {
  const grown = (zipKb: number) => [{ ...sizes[0]!, zipKb }, sizes[1]!];
  const document = documented(renderSizes(sizes));
  expect(findOutdatedSizes(document, sizes)).toEqual([]);
  expect(findOutdatedSizes(document, grown(210))).toEqual([]);
  expect(findOutdatedSizes(document, grown(212))).toEqual([
    'grants is 212 kB (800 kB unpacked), not 200 kB (800 kB).',
  ]);
});

test('a function that came or went makes the table outdated', () => {
  const document = documented(renderSizes(sizes));
  expect(
    findOutdatedSizes(document, [...sizes, { functionName: 'health', zipKb: 1, unpackedKb: 1 }]),
  ).toEqual(['health is missing.']);
  expect(findOutdatedSizes(document, sizes.slice(0, 1))).toEqual(['send-messages is no function any more.']);
});
