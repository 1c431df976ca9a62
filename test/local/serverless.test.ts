import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

test.each([
  ['--version', 0],
  ['no-such-command', 1],
])('serverless %s ends with its own code and leaves no temporary file behind', async (command, code) => {
  const folder = await mkdtemp(join(tmpdir(), 'qingniao-serverless-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const ended = spawnSync(process.execPath, ['local/serverless.ts', command], {
    env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder },
    encoding: 'utf8',
  });
  expect(ended.status, ended.stderr).toBe(code);
  expect((await readdir(folder)).filter((name) => name.startsWith('qingniao-'))).toEqual([]);
});
