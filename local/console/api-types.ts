import { execFile } from 'node:child_process';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CONSOLE, digestOf, OPENAPI, textOf } from './sources.ts';

const GENERATED = join(CONSOLE, 'generated');
const TYPES = join(GENERATED, 'api.ts');

/** Makes the types that the console calls the service by, from openapi.yaml, unless they are made already. */
export async function makeApiTypes(): Promise<void> {
  const stamp = `// ${await digestOf([OPENAPI])}\n`;
  if ((await textOf(TYPES))?.startsWith(stamp)) return;
  const generator = createRequire(join(CONSOLE, 'package.json')).resolve('openapi-typescript');
  const cli = join(dirname(generator), '../bin/cli.js');
  const { stdout } = await promisify(execFile)(process.execPath, [cli, OPENAPI], {
    maxBuffer: 64 * 1024 * 1024,
  });
  await mkdir(GENERATED, { recursive: true });
  // Another process may make them at the same time.
  const own = `${TYPES}.${process.pid}`;
  await writeFile(own, stamp + stdout);
  await rename(own, TYPES);
}
