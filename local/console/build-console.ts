import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { CONSOLE, consoleDigest, textOf } from './sources.ts';

/** What the function at `/console/` answers: each file as it is sent, compressed by brotli. */
const CONSOLE_DIST = join(CONSOLE, 'dist');

/** Says of which sources this console was built. */
const STAMP = join(CONSOLE_DIST, '.built');

/**
 * Builds the console into {@link CONSOLE_DIST}, unless it is there and of these sources.
 *
 * @returns whether it had to be built
 */
export async function buildConsole(): Promise<boolean> {
  const digest = await consoleDigest();
  if ((await textOf(STAMP)) === digest) return false;
  // Beside the sources, so that it is moved within one file system.
  const folder = await mkdtemp(join(CONSOLE, '.generated-'));
  try {
    await bundle(folder);
    await compressAll(folder);
    await writeFile(join(folder, '.built'), digest);
    await rm(CONSOLE_DIST, { recursive: true, force: true });
    await cp(folder, CONSOLE_DIST, { recursive: true });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return true;
}

async function bundle(outDir: string): Promise<void> {
  // Only where it is needed: it takes as long to load as everything else together.
  const { build } = await import('vite');
  // Vite takes a test's own for ours otherwise, and with it the slow half of React.
  const { env } = process;
  const before = env['NODE_ENV'];
  env['NODE_ENV'] = 'production';
  await build({
    configFile: false,
    root: CONSOLE,
    base: '/console/',
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: true,
      // The page's policy allows no `data:` scripts or fonts, and hashed files are cached for ever.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  }).finally(() => {
    if (before === undefined) delete env['NODE_ENV'];
    else env['NODE_ENV'] = before;
  });
}

async function compressAll(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  await Promise.all(
    files.map(async (file) => {
      const content = await readFile(file);
      await writeFile(`${file}.br`, await promisify(brotliCompress)(content, QUALITY));
      await rm(file);
    }),
  );
}

const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
