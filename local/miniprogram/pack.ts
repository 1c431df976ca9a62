import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PACKAGE = join(import.meta.dirname, '../../miniprogram');

/** Writes the built module as the package that `npm i` takes, into a folder, and gives its path. */
export async function packMiniProgram(source: string = PACKAGE, folder: string = source): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--pack-destination', folder], {
    cwd: source,
  });
  return join(folder, stdout.trim().split('\n').at(-1) ?? '');
}
