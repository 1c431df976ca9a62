// Runs Serverless with a folder of its own for temporary files, which goes when it ends: serverless-esbuild leaves a bundle of each
// function behind there.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = await mkdtemp(join(tmpdir(), 'qingniao-serverless-'));
const child = spawn(
  process.execPath,
  [fileURLToPath(import.meta.resolve('serverless/bin/serverless.js')), ...process.argv.slice(2)],
  { stdio: 'inherit', env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder } },
);
// Serverless ends first; the folder goes after that.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
try {
  const [code] = await once(child, 'close');
  process.exitCode = typeof code === 'number' ? code : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
