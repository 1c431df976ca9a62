import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const INSTALL_TIMEOUT_MS = 300_000;

/**
 * The folder of the programs that the requirements.txt of a folder of tests names, installed into a virtual environment of their own;
 * made anew when the requirements have changed.
 *
 * @throws Error that says what is missing on this machine
 */
export async function pythonTools(tests: 'deploy' | 'template'): Promise<string> {
  const file = join(import.meta.dirname, '..', tests, 'requirements.txt');
  const requirements = await readFile(file, 'utf8');
  const folder = join(import.meta.dirname, '../../node_modules/.cache/qingniao-python', tests);
  const mark = join(folder, 'installed');
  const hash = createHash('sha256').update(requirements).digest('hex');
  const bin = join(folder, 'bin');
  if (existsSync(mark) && (await readFile(mark, 'utf8')) === hash) return bin;
  await rm(folder, { recursive: true, force: true });
  try {
    await run('python3', ['-m', 'venv', folder]);
    await run(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', file], {
      timeout: INSTALL_TIMEOUT_MS,
    });
  } catch (error) {
    throw new Error(
      'The Python tools of these tests cannot be installed. They need python3 with venv (Debian: python3-venv) and PyPI.',
      { cause: error },
    );
  }
  await writeFile(mark, hash);
  return bin;
}
