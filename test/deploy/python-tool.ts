import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, '../../node_modules/.cache/qingniao-python');
const INSTALL_TIMEOUT_MS = 300_000;

/**
 * Installs what a requirements file names into a virtual environment of its own, unless it is there already.
 *
 * @returns the folder of its programs
 * @throws Error that says what is missing on this machine
 */
export async function pythonTool(requirements: string): Promise<string> {
  const folder = join(CACHE, basename(requirements, '.txt'));
  const mark = join(folder, 'installed');
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const bin = join(folder, 'bin');
  if (existsSync(mark) && (await readFile(mark, 'utf8')) === hash) return bin;
  await rm(folder, { recursive: true, force: true });
  try {
    await run('python3', ['-m', 'venv', folder]);
    await run(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', requirements], {
      timeout: INSTALL_TIMEOUT_MS,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${basename(requirements)} cannot be installed; it needs python3 with venv (Debian: python3-venv) and PyPI. ${reason}`,
      { cause: error },
    );
  }
  await writeFile(mark, hash);
  return bin;
}

/** Where a package lies in the virtual environment that `bin` belongs to. */
export async function packageFolder(bin: string, name: string): Promise<string> {
  const find =
    'import importlib.util, sys; print(importlib.util.find_spec(sys.argv[1]).submodule_search_locations[0])';
  const { stdout } = await run(join(bin, 'python'), ['-c', find, name]);
  return stdout.trim();
}
