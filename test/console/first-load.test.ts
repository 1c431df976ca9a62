import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync, gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { buildConsole } from '../../local/console/build-console.ts';

const DIST = join(import.meta.dirname, '../../console/dist');
const LIMIT_BYTES = 200_000;

beforeAll(async () => {
  await buildConsole();
});

const textOf = async (name: string) =>
  brotliDecompressSync(await readFile(join(DIST, `${name}.br`))).toString();

/** The files that `text` asks for at once: those of the page, and of each script its static imports. */
function askedBy(text: string): string[] {
  const ofPage = [...text.matchAll(/(?:src|href)="\/console\/(assets\/[^"]+)"/g)];
  const ofScript = [...text.matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g)];
  return [...ofPage.map(([, name = '']) => name), ...ofScript.map(([, name = '']) => `assets/${name}`)];
}

/** Every file that comes with these, each once. */
async function comingWith(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const ask = async (name: string): Promise<void> => {
    if (found.has(name)) return;
    const text = await textOf(name);
    found.set(name, text);
    for (const next of askedBy(text)) await ask(next);
  };
  for (const name of names) await ask(name);
  return found;
}

const gzipBytes = (files: ReadonlyMap<string, string>) =>
  [...files.values()].reduce((sum, text) => sum + gzipSync(text).length, 0);

test('the first load, up to the sign-in, is at most 200 kB gzip; so is the overview with it', async () => {
  const first = await comingWith(['index.html']);
  expect(gzipBytes(first)).toBeGreaterThan(50_000);
  expect(gzipBytes(first)).toBeLessThanOrEqual(LIMIT_BYTES);
  const overview = (await readdir(join(DIST, 'assets'))).find((name) => /^overview-.*\.js\.br$/.test(name));
  const page = await comingWith(['index.html', `assets/${overview?.slice(0, -'.br'.length)}`]);
  expect(gzipBytes(page)).toBeLessThanOrEqual(LIMIT_BYTES);
});

test('the page has no inline script or style, and no file names another host', async () => {
  const page = await textOf('index.html');
  expect(page).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)/);
  expect(page).not.toMatch(/(src|href)="https?:/);
});
