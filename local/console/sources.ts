import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '../..');

/** Where the console's sources are. */
export const CONSOLE = join(PROJECT, 'console');

/** The client, by which it calls the service. */
const CLIENT = join(PROJECT, 'clients/typescript/src');

/** What the built console depends on, beside its sources. */
const ALSO = [join(PROJECT, 'package-lock.json'), join(import.meta.dirname, 'build-console.ts')];

/** A digest of everything that a built console depends on: the same digest, the same console. */
export async function consoleDigest(): Promise<string> {
  const own = (await filesBelow(CONSOLE)).filter(
    (file) => !/[\\/](dist|generated|node_modules|\.generated-\w+)[\\/]/.test(file),
  );
  const hash = createHash('sha256');
  for (const file of [...ALSO, ...own, ...(await filesBelow(CLIENT))].toSorted())
    hash.update(file.slice(PROJECT.length)).update(await readFile(file));
  return hash.digest('hex');
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** The text of a file; undefined when there is none. */
export async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
