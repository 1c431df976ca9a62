import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildMiniProgram } from '../../local/miniprogram/build.ts';
import { packMiniProgram } from '../../local/miniprogram/pack.ts';

/** What of the package is not built. */
const IN_PACKAGE = [
  'package.json',
  'README.md',
  'LICENSE',
  'card-code.js',
  'stand-in.js',
  'subscribe-after.js',
  'subscribe-device.js',
  'subscribe-plan.js',
  'src',
];

/** Builds and packs the module inside a folder, and leaves the project as it is; gives the path of the tarball. */
export async function packOnce(folder: string): Promise<string> {
  const source = join(folder, 'package');
  await mkdir(source);
  await Promise.all([
    ...IN_PACKAGE.map((name) => cp(join('miniprogram', name), join(source, name), { recursive: true })),
    buildMiniProgram(source),
  ]);
  return packMiniProgram(source, folder);
}
