import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Checkout } from './checkout.ts';

const run = promisify(execFile);
/** Whatever ends this process ends what it has started. */
const ending = new AbortController();
process.once('exit', () => ending.abort());
const TIMEOUT_MS = 240_000;
const MOST_BYTES = 64 * 2 ** 20;

/** Environment variables of a command. */
export type Environment = Readonly<Record<string, string>>;

/** Runs a program of the checkout, or `node` itself. @throws Error that holds what it printed */
export async function runIn(
  { folder }: Checkout,
  [program, ...args]: readonly [string, ...string[]],
  env: Environment,
): Promise<string> {
  const file = program === 'node' ? process.execPath : join(folder, 'node_modules/.bin', program);
  try {
    const { stdout } = await run(file, args, {
      cwd: folder,
      timeout: TIMEOUT_MS,
      signal: ending.signal,
      maxBuffer: MOST_BYTES,
      env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
    });
    return stdout;
  } catch (error) {
    if (!(error instanceof Error && 'stdout' in error && 'stderr' in error)) throw error;
    const printed = `${String(error.stdout)}\n${String(error.stderr)}`.trim().slice(-6_000);
    throw new Error(`${program} ${args.join(' ')} failed:\n${printed}`, { cause: error });
  }
}

/** `sls deploy`. */
export async function deploy(
  checkout: Checkout,
  { stage, env, params = {} }: { stage: string; env: Environment; params?: Readonly<Record<string, string>> },
): Promise<void> {
  const given = Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  await runIn(checkout, ['sls', 'deploy', '--stage', stage, ...given], env);
}

/** `sls remove`. */
export async function remove(checkout: Checkout, o: { stage: string; env: Environment }): Promise<void> {
  await runIn(checkout, ['sls', 'remove', '--stage', o.stage], o.env);
}
