import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';

/** Where the domain and its adapters stand. The API names its files by its routes, and lib/runtime by its functions. */
const ROOMS = globSync('lib/**/*.ts').filter((file) => !/^lib\/(api|runtime)\//.test(file));

test('no two files of the domain and its adapters share a name', () => {
  const byName = Map.groupBy(ROOMS, (file) => basename(file));
  expect([...byName.values()].filter((files) => files.length > 1)).toEqual([]);
});

test("code that only operators' commands use lives with them", () => {
  const readers = readersOf(globSync('{lib,handlers,operate,local,bench}/**/*.ts'));
  const theirs = ROOMS.filter((file) => {
    const own = readers.get(file) ?? [];
    return own.length > 0 && own.every((reader) => reader.startsWith('operate/'));
  });
  expect(theirs).toEqual([]);
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
