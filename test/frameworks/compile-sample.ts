import { execFile } from 'node:child_process';
import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';

/** What is made and not written. */
const MADE = /(^|\/)(node_modules|dist|wxcomponents)(\/|$)/;

const QUIET = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];

/** A sample in a folder of its own, as a user has it after `npm ci` and `npm i …/qingniao-miniprogram-….tgz`. */
export interface InstalledSample {
  readonly folder: string;
  /** Runs a script of its package.json: the framework's own compiler. */
  run(script: string): Promise<void>;
  /** Takes the folder away. */
  remove(): Promise<void>;
}

/** Copies a sample of `miniprogram/` out of the project and installs it there, with the packed module. */
export async function installSample(name: string): Promise<InstalledSample> {
  const source = join('miniprogram', name);
  const folder = await realpath(await mkdtemp(join(tmpdir(), `qingniao-${name}-`)));
  await cp(source, folder, { recursive: true, filter: (path) => !MADE.test(relative(source, path)) });
  // The compilers build for production unless they are told another NODE_ENV, and this is a test's.
  const { NODE_ENV: _, ...env } = process.env;
  const npm = async (...args: string[]): Promise<void> => {
    await promisify(execFile)('npm', args, { cwd: folder, env }).catch(({ message, stdout }) => {
      throw new Error(`${message}\n${stdout}`);
    });
  };
  await npm('ci', ...QUIET);
  await npm('i', '--no-save', ...QUIET, inject('tarball'));
  return {
    folder,
    run: (script) => npm('run', '--silent', script),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
