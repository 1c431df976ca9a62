import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '../..');

/** Where the console's sources are. */
export const CONSOLE = join(PROJECT, 'console');

/** What its types are made from. */
export const OPENAPI = join(PROJECT, 'openapi.yaml');

/** What the built console depends on, beside its sources. */
const ALSO = [OPENAPI, join(PROJECT, 'package-lock.json'), join(import.meta.dirname, 'build-console.ts')];

/** A digest of everything that a built console depends on: the same digest, the same console. */
export async function consoleDigest(): Promise<string> {
  const files = (await readdir(CONSOLE, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => !/[\\/](dist|generated|node_modules|\.generated-\w+)[\\/]/.test(file));
  return digestOf([...ALSO, ...files.toSorted()]);
}

/** A digest of these files. */
export async function digestOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file.slice(PROJECT.length)).update(await readFile(file));
  return hash.digest('hex');
}

/** The text of a file; undefined when there is none. */
export async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
