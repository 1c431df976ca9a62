import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleEs5 } from './es5.ts';

const PROJECT = join(import.meta.dirname, '../..');
const PACKAGE = join(PROJECT, 'miniprogram');
const COMPONENT_PARTS = ['index.json', 'index.wxml', 'index.wxss'];

/** A script that was built. */
export interface BuiltFile {
  /** Below `dist`. */
  readonly name: string;
  readonly bytes: number;
}

/**
 * Builds the mini-program module: `dist` with the module and its component, `types` with its declarations.
 * `folder` is where they go; by default the package itself.
 */
export async function buildMiniProgram(folder: string = PACKAGE): Promise<readonly BuiltFile[]> {
  const dist = join(folder, 'dist');
  await rm(dist, { recursive: true, force: true });
  await mkdir(join(dist, 'subscribe-guide'), { recursive: true });
  const source = join(PACKAGE, 'src');
  for (const part of COMPONENT_PARTS) {
    await cp(join(source, 'subscribe-guide', part), join(dist, 'subscribe-guide', part));
  }
  const [built] = await Promise.all([
    Promise.all(
      ['index', 'card-code', 'stand-in', 'subscribe-device', 'subscribe-guide/index'].map(async (name) => {
        const code = await bundleEs5(join(source, `${name}.ts`));
        await writeFile(join(dist, `${name}.js`), code);
        return { name: `${name}.js`, bytes: Buffer.byteLength(code) };
      }),
    ),
    writeTypes(join(folder, 'types')),
  ]);
  return built;
}

async function writeTypes(types: string): Promise<void> {
  await rm(types, { recursive: true, force: true });
  const emit = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', types];
  await promisify(execFile)(join(PROJECT, 'node_modules/.bin/tsc'), ['-p', PACKAGE, ...emit]);
  await rm(join(types, 'subscribe-guide'), { recursive: true, force: true });
  for (const name of await readdir(types)) {
    const file = join(types, name);
    // Compilers that the users have resolve './wx', not './wx.ts'.
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll(/(from '\.\/[^']+)\.ts'/g, "$1'"));
  }
}
