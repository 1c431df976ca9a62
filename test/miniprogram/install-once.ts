import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { buildMiniProgram } from '../../local/miniprogram/build.ts';
import { layOutNpm } from '../../local/miniprogram/lay-out.ts';
import { packMiniProgram } from '../../local/miniprogram/pack.ts';

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

/** What of the package is not built. */
const IN_PACKAGE = [
  'package.json',
  'README.md',
  'LICENSE',
  'card-code.js',
  'stand-in.js',
  'subscribe-after.js',
  'subscribe-device.js',
  'subscribe-guide',
  'subscribe-plan.js',
  'src',
];

/** Builds, packs and installs the module once, as its users do, for all tests of this folder. */
export default async function installOnce(project: TestProject): Promise<() => Promise<void>> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'qingniao-miniprogram-')));
  const source = join(folder, 'package');
  const sample = join(folder, 'sample');
  await mkdir(source);
  await Promise.all([
    ...IN_PACKAGE.map((name) => cp(join('miniprogram', name), join(source, name), { recursive: true })),
    cp('miniprogram/example', sample, {
      recursive: true,
      filter: (path) => !/miniprogram_npm|node_modules/.test(path),
    }),
    buildMiniProgram(source),
  ]);
  const tarball = await packMiniProgram(source, folder);
  await promisify(execFile)('npm', ['i', ...OFFLINE, tarball], { cwd: sample });
  await layOutNpm(sample, (name) => join(sample, 'node_modules', name));
  project.provide('installed', { sample, package: join(sample, 'node_modules/@qingniao/miniprogram') });
  return () => rm(folder, { recursive: true, force: true });
}
