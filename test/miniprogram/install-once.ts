import { execFile } from 'node:child_process';
import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { layOutNpm } from '../../local/miniprogram/lay-out.ts';
import { packOnce } from './pack-once.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly installed: {
      /** A copy of the sample app with the package installed and laid out by "build npm". */
      readonly sample: string;
      /** The package as it lies in `node_modules`. */
      readonly package: string;
    };
  }
}

const OFFLINE = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts'];

/** Builds, packs and installs the module once, as its users do, for all tests of this folder. */
export default async function installOnce(project: TestProject): Promise<() => Promise<void>> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'qingniao-miniprogram-')));
  const sample = join(folder, 'sample');
  const [tarball] = await Promise.all([
    packOnce(folder),
    cp('miniprogram/example', sample, {
      recursive: true,
      filter: (path) => !/miniprogram_npm|node_modules/.test(path),
    }),
  ]);
  await promisify(execFile)('npm', ['i', ...OFFLINE, tarball], { cwd: sample });
  await layOutNpm(sample, (name) => join(sample, 'node_modules', name));
  project.provide('installed', { sample, package: join(sample, 'node_modules/@qingniao/miniprogram') });
  return () => rm(folder, { recursive: true, force: true });
}
