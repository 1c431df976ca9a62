import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';

/** Where the domain and its adapters stand. The API names its files by its routes, and lib/runtime by its functions. */
const ROOMS = globSync('lib/**/*.ts').filter((file) => !/^lib\/(api|runtime)\//.test(file));

test('no two files of the domain and its adapters share a name', () => {
  const byName = Map.groupBy(ROOMS, (file) => basename(file));
  expect([...byName.values()].filter((files) => files.length > 1)).toEqual([]);
});

test('lib holds what functions run; code that only a tool or a command uses lives with it', () => {
  const imports = new Map<string, string[]>();
  for (const [read, readers] of readersOf(globSync('{lib,handlers}/**/*.ts'))) {
    for (const reader of readers) imports.set(reader, [...(imports.get(reader) ?? []), read]);
  }
  const run = new Set(globSync('handlers/*.ts'));
  // A set goes on to what is added to it meanwhile.
  for (const file of run) for (const read of imports.get(file) ?? []) run.add(read);
  expect(globSync('lib/**/*.ts').filter((file) => !run.has(file))).toEqual([]);
});

/** The rooms that each room may import, by the page that draws the house. */
const PAGE = 'docs/decisions/0028-rooms-and-what-each-may-touch.md';
const MAY_IMPORT = new Map(
  readFileSync(PAGE, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, room = '', , rooms = ''] = /^\| `([\w-]+)` \|(.*)\|(.*)\|$/.exec(line) ?? [];
      return room === '' ? [] : [[room, new Set(rooms.match(/[\w-]+/g))] as const];
    }),
);

const roomOf = (file: string) => /^lib\/([\w-]+)\//.exec(file)?.[1];

test('the page that draws the house lists every room of lib, and no other', () => {
  const rooms = new Set(globSync('lib/*/**/*.ts').map(roomOf));
  expect([...MAY_IMPORT.keys()].toSorted()).toEqual([...rooms].toSorted());
});

test('a room imports no other room than the page allows it', () => {
  const forbidden = [...readersOf(globSync('lib/**/*.ts'))].flatMap(([read, readers]) => {
    const room = roomOf(read) ?? '';
    const isAllowed = (own: string) => room === '' || room === own || MAY_IMPORT.get(own)?.has(room);
    return readers.filter((file) => !isAllowed(roomOf(file) ?? '')).map((file) => `${file} imports ${read}`);
  });
  expect(forbidden).toEqual([]);
});

/** Who imports each file. */
function readersOf(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const readers = new Map<string, string[]>();
  for (const file of files) {
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
      const read = join(dirname(file), path);
      readers.set(read, [...(readers.get(read) ?? []), file]);
    }
  }
  return readers;
}
