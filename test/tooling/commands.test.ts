import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');

/** Scripts that run a file of ours; `package` and `deploy` answer with the framework's own help. */
const COMMANDS = Object.entries(packageJson.scripts).flatMap(([name, line]) => {
  const [program, file = '', ...args] = line.split(' ');
  return program === 'node' && file !== 'local/serverless.ts' ? [[name, [file, ...args]] as const] : [];
});

test('there are commands', () => {
  expect(COMMANDS.length).toBeGreaterThan(15);
});

test.each(COMMANDS)(
  'npm run %s -- --help explains itself and does nothing else',
  async (name, args) => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...args, '--help'], {
      cwd: ROOT,
    });
    expect(stderr).toBe('');
    expect(stdout).toContain(`npm run ${name}`);
  },
  30_000,
);
