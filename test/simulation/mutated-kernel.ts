import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { compileFunction } from 'node:vm';
import { build, type Plugin } from 'esbuild';
import type { Kernel } from './kernel.ts';
import type { Mutation } from './mutations.ts';
import { type PlantedFault, plantedSource } from './planted-fault.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Loads the kernel, or other code under simulation, with one fault in it. Throws when the place of the fault is not found exactly once. */
export async function loadMutated<Code = Kernel>(
  fault: Mutation | PlantedFault,
  entry = 'test/simulation/kernel.ts',
): Promise<Code> {
  const applied: string[] = [];
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, entry)],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    plugins: [withoutAdapters, 'instead' in fault ? plant(fault, applied) : mutate(fault, applied)],
  });
  if (applied.length === 0) throw new Error(`${fault.file} is not part of the kernel: mend "${fault.name}".`);
  const module: { exports: unknown } = { exports: {} };
  const run = compileFunction(outputFiles[0]?.text ?? '', ['module', 'exports', 'require', 'planted']);
  run(module, module.exports, createRequire(import.meta.url), 'instead' in fault ? fault.instead : undefined);
  return module.exports as Code;
}

/** Leaves out AWS and the table, from which handlers build services that no simulated function uses. */
const withoutAdapters: Plugin = {
  name: 'without adapters',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /\/(table|wiring)\/[\w-]+\.ts$/ }, ({ path }) => ({ path, namespace: 'left-out' }));
    onLoad({ filter: /./, namespace: 'left-out' }, () => ({
      contents: 'module.exports = { onColdStart() {} };',
    }));
  },
};

/** Changes the text of the one file. */
function mutate({ name, file, find, replace }: Mutation, applied: string[]): Plugin {
  return {
    name: 'mutate',
    setup({ onLoad }) {
      onLoad({ filter: /\/(lib|handlers)\/.*\.ts$/ }, async ({ path }) => {
        if (relative(ROOT, path) !== file) return undefined;
        const source = await readFile(path, 'utf8');
        if (source.split(find).length !== 2) throw new Error(`${file} has changed: mend "${name}".`);
        applied.push(file);
        return { contents: source.replace(find, () => replace), loader: 'ts' };
      });
    },
  };
}

/** Puts another function in the place of the one that the file exports. */
function plant(fault: PlantedFault, applied: string[]): Plugin {
  const path = join(ROOT, fault.file);
  return {
    name: 'plant',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /\?real$/ }, () => ({ path, suffix: '?real' }));
      onLoad({ filter: /\/(lib|handlers)\/.*\.ts$/ }, (module) => {
        if (module.path !== path || module.suffix === '?real') return undefined;
        applied.push(fault.file);
        return { contents: plantedSource(fault, `${path}?real`), loader: 'ts' };
      });
    },
  };
}
