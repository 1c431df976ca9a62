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

/** The component, which nobody imports as a value. */
const COMPONENT = 'subscribe-guide/index';
/** What is imported, each by a name of its own. */
const MODULES = ['index', 'card-code', 'stand-in', 'subscribe-after', 'subscribe-device', 'subscribe-plan'];

/**
 * Builds the mini-program module: `dist` with the module and its component, which is all that goes into a mini program;
 * `esm` with ES modules for bundlers; declarations in `types`, and in `esm` for those who import; the component once more
 * by its name, where compilers such as Taro's look for its parts. `folder` is where they go; by default the package itself.
 */
export async function buildMiniProgram(folder: string = PACKAGE): Promise<readonly BuiltFile[]> {
  const dist = join(folder, 'dist');
  const esm = join(folder, 'esm');
  await Promise.all([dist, esm].map((one) => rm(one, { recursive: true, force: true })));
  await mkdir(join(dist, 'subscribe-guide'), { recursive: true });
  await mkdir(esm);
  await writeFile(join(esm, 'package.json'), '{ "type": "module" }\n');
  const source = join(PACKAGE, 'src');
  for (const part of COMPONENT_PARTS) {
    await cp(join(source, 'subscribe-guide', part), join(dist, 'subscribe-guide', part));
  }
  const [built] = await Promise.all([
    Promise.all(
      [...MODULES, COMPONENT].map(async (name) => {
        const { commonJs, esModule } = await bundleEs5(join(source, `${name}.ts`));
        await writeFile(join(dist, `${name}.js`), commonJs);
        if (name !== COMPONENT) await writeFile(join(esm, `${name}.js`), esModule);
        return { name: `${name}.js`, bytes: Buffer.byteLength(commonJs) };
      }),
    ),
    writeTypes(join(folder, 'types'), esm),
  ]);
  await rm(join(folder, 'subscribe-guide'), { recursive: true, force: true });
  await cp(join(dist, 'subscribe-guide'), join(folder, 'subscribe-guide'), { recursive: true });
  return built;
}

async function writeTypes(types: string, esm: string): Promise<void> {
  await rm(types, { recursive: true, force: true });
  const emit = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', types];
  await promisify(execFile)(join(PROJECT, 'node_modules/.bin/tsc'), ['-p', PACKAGE, ...emit]);
  await rm(join(types, 'subscribe-guide'), { recursive: true, force: true });
  for (const name of await readdir(types)) {
    const declarations = await readFile(join(types, name), 'utf8');
    // Compilers that the users have resolve './wx', not './wx.ts', and in an ES module './wx.js'.
    await writeFile(join(types, name), declarations.replaceAll(/(from '\.\/[^']+)\.ts'/g, "$1'"));
    await writeFile(join(esm, name), declarations.replaceAll(/(from '\.\/[^']+)\.ts'/g, "$1.js'"));
  }
}
