import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const PROJECT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const MOST_BYTES = 256 * 2 ** 20;

/** A copy of the project in a folder of its own, so that it can be deployed and broken without touching anybody's work. */
export interface Checkout {
  readonly folder: string;
  /** Changes the text of a file. */
  edit(path: string, change: (text: string) => string): Promise<void>;
  remove(): Promise<void>;
}

/** The project as it is now, what is not committed yet included. */
export async function checkOutPresent(): Promise<Checkout> {
  const checkout = await emptyCheckout();
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: PROJECT,
    maxBuffer: MOST_BYTES,
  });
  for (const path of stdout.split('\0').filter(Boolean)) {
    const to = join(checkout.folder, path);
    await mkdir(dirname(to), { recursive: true });
    // A file that was deleted and is not committed yet is still listed.
    await cp(join(PROJECT, path), to).catch(ignoreMissing);
  }
  return checkout;
}

/** Before there was a release: a version that has what every stage is built on, and much less than today. */
const BEFORE_RELEASES = '9b94866c2820abe2453f89f818344a6239b7ebe6';

/** The release before this commit, else the version before all releases; undefined in a clone whose history does not reach back to it. */
export async function earlierVersion(): Promise<string | undefined> {
  const tag = await git('describe', '--tags', '--abbrev=0', 'HEAD^').catch(() => undefined);
  if (tag !== undefined) return tag;
  return (await hasCommit(BEFORE_RELEASES)) ? BEFORE_RELEASES : undefined;
}

/** Whether the history of this clone reaches back to a commit or a tag. */
export async function hasCommit(ref: string): Promise<boolean> {
  return git('cat-file', '-e', `${ref}^{commit}`).then(
    () => true,
    () => false,
  );
}

async function git(...args: string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd: PROJECT, maxBuffer: MOST_BYTES });
  return stdout.trim();
}

/** The project as it was at a commit, with the packages of today. */
export async function checkOutCommit(ref: string): Promise<Checkout> {
  const checkout = await emptyCheckout();
  const archive = join(checkout.folder, '.archive.tar');
  await run('git', ['archive', '--format=tar', `--output=${archive}`, ref], { cwd: PROJECT });
  await run('tar', ['-xf', archive, '-C', checkout.folder]);
  await rm(archive);
  return checkout;
}

async function emptyCheckout(): Promise<Checkout> {
  const folder = await mkdtemp(join(tmpdir(), 'qingniao-deploy-'));
  const sweep = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', sweep);
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    async edit(path, change) {
      const file = join(folder, path);
      await writeFile(file, change(await readFile(file, 'utf8')));
    },
    async remove() {
      process.off('exit', sweep);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
