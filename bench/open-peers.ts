import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Apart from the benchmark, which is to use the project's own packages. */
const FOLDER = join(import.meta.dirname, 'peers');

/** What is not written in this repository and is measured beside it. */
export interface Peers {
  /** For `createRequire`: what lies there finds the peers. */
  readonly requireFrom: string;
  /** AWS's runtime client. */
  readonly runtimeClient: string;
}

/**
 * Installs the peers beside the benchmark, unless they are there. AWS's runtime client is compiled on the way, which takes minutes and
 * on Debian needs the packages cmake, g++, make, python3 and xz-utils.
 */
export async function openPeers(print: (line: string) => void): Promise<Peers> {
  const runtimeClient = join(FOLDER, 'node_modules/aws-lambda-ric/index.mjs');
  if (!existsSync(runtimeClient)) {
    print('Installing the peers into bench/peers (minutes: the runtime client is compiled) ...');
    const npm = spawn('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: FOLDER,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code] = await once(npm, 'exit');
    if (code !== 0)
      throw new Error(
        'npm ci failed in bench/peers. On Debian: apt-get install cmake g++ make python3 xz-utils',
      );
  }
  return { requireFrom: join(FOLDER, 'package.json'), runtimeClient };
}
