import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { compileFunction } from 'node:vm';
import { build, type Plugin } from 'esbuild';
import type { Kernel } from './kernel.ts';
import type { Mutation } from './mutations.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Loads the kernel, or other code under simulation, with one fault in it. Throws when the place of the fault is not found exactly once. */
export async function loadMutated<Code = Kernel>(
  mutation: Mutation,
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
    plugins: [mutate(mutation, applied)],
  });
  if (applied.length === 0)
    throw new Error(`${mutation.file} is not part of the kernel: mend "${mutation.name}".`);
  const module: { exports: unknown } = { exports: {} };
  const run = compileFunction(outputFiles[0]?.text ?? '', ['module', 'exports', 'require']);
  run(module, module.exports, createRequire(import.meta.url));
  return module.exports as Code;
}

/** Changes the one file, and leaves out the wiring to AWS, which no simulated function uses. */
function mutate({ name, file, find, replace }: Mutation, applied: string[]): Plugin {
  return {
    name: 'mutate',
    setup({ onLoad }) {
      onLoad({ filter: /\/lib\/wiring\/(delivery|dispatch|campaign-sending)\.ts$/ }, () => ({
        contents:
          'export const wireDelivery = undefined, wireDispatch = undefined, wireCampaignSending = undefined;',
      }));
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
