import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/qingniao-linters');
const INSTALL_TIMEOUT_MS = 300_000;

/**
 * Installs what a folder's lock file names, apart from the project's own packages, unless it is there already.
 *
 * @returns the folder of its programs
 * @throws Error with what npm said
 */
export async function installLinters(source: string): Promise<string> {
  const lock = await readFile(join(source, 'package-lock.json'));
  const mark = join(CACHE, 'installed');
  const hash = createHash('sha256').update(lock).digest('hex');
  const bin = join(CACHE, 'node_modules/.bin');
  if (existsSync(mark) && (await readFile(mark, 'utf8')) === hash) return bin;
  await rm(CACHE, { recursive: true, force: true });
  await mkdir(CACHE, { recursive: true });
  await writeFile(join(CACHE, 'package-lock.json'), lock);
  await cp(join(source, 'package.json'), join(CACHE, 'package.json'));
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await promisify(execFile)('npm', args, { cwd: CACHE, timeout: INSTALL_TIMEOUT_MS });
  await writeFile(mark, hash);
  return bin;
}
