import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';

const run = promisify(execFile);
const PROJECT = join(import.meta.dirname, '../..');
const OFFLINE = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--install-links'];

const packed = v.pipe(
  v.array(v.object({ filename: v.string(), files: v.array(v.object({ path: v.string() })) })),
  v.minLength(1),
);

/** Builds and packs `@qingniao/client` into a folder: the package's path, and the files in it. */
async function packClient(folder: string): Promise<{ tarball: string; files: readonly string[] }> {
  const args = ['pack', '--json', '--pack-destination', folder];
  const { stdout } = await run('npm', args, { cwd: join(PROJECT, 'clients/typescript') });
  const [made] = v.parse(packed, JSON.parse(stdout.slice(stdout.indexOf('['))));
  if (!made) throw new Error('npm pack made nothing.');
  return { tarball: join(folder, made.filename), files: made.files.map(({ path }) => path).toSorted() };
}

/** Installs the package into an empty project, as its users do; what it depends on comes from this project. */
export async function installClient(project: string): Promise<{ files: readonly string[] }> {
  await mkdir(project, { recursive: true });
  await writeFile(join(project, 'package.json'), '{"type": "module"}');
  const { tarball, files } = await packClient(project);
  const others = ['openapi-fetch', 'openapi-typescript-helpers'].map((name) =>
    join(PROJECT, 'node_modules', name),
  );
  await run('npm', ['i', ...OFFLINE, tarball, ...others], { cwd: project });
  return { files };
}
