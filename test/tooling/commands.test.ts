import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');

/** Scripts that run a file of ours. */
const COMMANDS = Object.entries(packageJson.scripts).flatMap(([name, line]) => {
  const [program, ...args] = line.split(' ');
  return program === 'node' ? [[name, args] as const] : [];
});

/** The rest are other people's programs, which answer for themselves. */
const OTHERS = ['biome', 'knip', 'npm', 'tsc', 'vitest'];

/** Runs a command as a person without any account would. */
async function run(args: readonly string[]) {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, NO_COLOR: '1', LANG: 'C' };
  return promisify(execFile)(process.execPath, [...args], { cwd: ROOT, env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (failure: { code: number; stdout: string; stderr: string }) => failure,
  );
}

test('there are commands', () => {
  expect(COMMANDS.length).toBeGreaterThan(15);
  const others = Object.values(packageJson.scripts).filter((line) => !line.startsWith('node '));
  expect(others.filter((line) => !OTHERS.includes(line.split(' ')[0] ?? ''))).toEqual([]);
});

test.each(COMMANDS)(
  'npm run %s -- --help explains itself and does nothing else',
  async (name, args) => {
    const { stdout, stderr, code } = await run([...args, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`npm run ${name}`);
  },
  30_000,
);

test.each(COMMANDS)(
  'npm run %s with a wrong option ends with 2, one line that names it and the meant one, and the usage',
  async (name, args) => {
    const { stdout, stderr, code } = await run([...args, '--hlep=secret-1']);
    const [line, ...usage] = stderr.trim().split('\n');
    expect(line).toContain('There is no option --hlep. Did you mean --help?');
    expect(line).toContain('没有这个选项：--hlep。是否想写 --help？');
    expect(usage.join('\n')).toContain(`npm run ${name}`);
    expect(usage.at(-1)).toContain(`npm run ${name} -- --help`);
    expect(stderr).not.toMatch(/secret-1|^\s+at /m);
    expect([code, stdout]).toEqual([2, '']);
  },
  30_000,
);
