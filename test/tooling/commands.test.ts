import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { FOR_CONTRIBUTORS, FOR_USERS, OF_NPM } from '../../operate/commands.ts';
import packageJson from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');

/** Scripts that run a file of ours. */
const COMMANDS = Object.entries(packageJson.scripts).flatMap(([name, line]) => {
  const [program, ...args] = line.split(' ');
  return program === 'node' ? [[name, args] as const] : [];
});

/** The rest are other people's programs, which answer for themselves. */
const OTHERS = ['biome', 'knip', 'npm', 'tsc', 'vitest'];

/** They print data, and so take `--json`. */
const PRINT_DATA = [
  'audit',
  'bench',
  'campaign',
  'cost',
  'demo',
  'doctor',
  'help',
  'logs',
  'redrive',
  'restore',
  'setup',
  'simulate',
  'sizes',
  'template',
];
/** They tell times, and so take `--zone`. */
const TELL_TIMES = ['campaign', 'dev', 'doctor', 'logs', 'redrive', 'template'];

const CHINESE = /[\u4e00-\u9fff]/;

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

test('npm run help has every script, in the order of package.json: those of users first', () => {
  const listed = [...FOR_USERS, ...FOR_CONTRIBUTORS].map(([name]) => name);
  const scripts = Object.keys(packageJson.scripts).filter((name) => !OF_NPM.includes(name));
  expect(listed).toEqual(scripts);
  for (const [name, does] of [...FOR_USERS, ...FOR_CONTRIBUTORS])
    expect([name, does.length < 90, does.includes('\n')]).toEqual([name, true, false]);
});

describe.each(COMMANDS)('npm run %s', (name, args) => {
  test('-- --help explains itself in English, with every common option, and does nothing else', async () => {
    const { stdout, stderr, code } = await run([...args, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`npm run ${name}`);
    expect(stdout).toMatch(/--lang zh\|en +language/);
    expect(stdout).toMatch(/--help, -h +show this text/);
    expect([name, /^ {2}--json\b/m.test(stdout)]).toEqual([name, PRINT_DATA.includes(name)]);
    expect([name, /^ {2}--zone ZONE\b/m.test(stdout)]).toEqual([name, TELL_TIMES.includes(name)]);
    expect(stdout.split('\n').filter((line) => CHINESE.test(line))).toEqual([]);
  }, 30_000);

  test('with a wrong option ends with 2, one line in one language that names it and the meant one, and the usage', async () => {
    const { stdout, stderr, code } = await run([...args, '--hlep=secret-1', '--lang=zh']);
    const [line, ...usage] = stderr.trim().split('\n');
    expect(line).toBe('没有这个选项：--hlep。是否想写 --help？');
    expect(usage.join('\n')).toContain(`npm run ${name}`);
    expect(usage.at(-1)).toContain(`npm run ${name} -- --help`);
    expect(stderr).not.toMatch(/secret-1|^\s+at /m);
    expect([code, stdout]).toEqual([2, '']);
  }, 30_000);
});

test.each(COMMANDS.filter(([name]) => FOR_USERS.some(([user]) => user === name)))(
  'npm run %s -- --help --lang zh explains itself in Chinese',
  async (name, args) => {
    const { stdout, stderr, code } = await run([...args, '--help', '--lang', 'zh']);
    expect([code, stderr]).toEqual([0, '']);
    const [about = ''] = stdout.split('\n\n');
    expect(about).toMatch(CHINESE);
    expect(stdout).toMatch(/--lang zh\|en +输出所用的语言/);
    const options = stdout.split('\n').filter((line) => /^ {2}--[\w-]+( [^ ]+)?(, -\w)? {2}/.test(line));
    // Serverless's own options it explains itself.
    if (!['package', 'deploy'].includes(name))
      expect(options.filter((line) => !CHINESE.test(line))).toEqual([]);
  },
  30_000,
);

test('a wrong language or zone is told in one line', async () => {
  const lang = await run(['operate/logs.ts', 'msg_1', '--local', '--lang', 'fr']);
  expect([lang.code, lang.stdout, lang.stderr.split('\n')[0]]).toEqual([2, '', '--lang takes en or zh.']);
  const zone = await run(['operate/logs.ts', 'msg_1', '--local', '--zone', 'Mars/Base']);
  expect([zone.code, zone.stdout]).toEqual([2, '']);
  expect(zone.stderr.split('\n')[0]).toBe('--zone takes a time zone, as Asia/Shanghai.');
});

test.each([
  ['operate/help.ts'],
  ['operate/cost.ts', '--messages', '1000', '--offline'],
  ['local/simulate.ts', '--runs', '2'],
  ['local/simulate.ts', '--seed', '7'],
])('%s %s %s --json prints JSON and nothing else, whatever the language', async (...args) => {
  const [en, zh] = await Promise.all([run([...args, '--json']), run([...args, '--json', '--lang', 'zh'])]);
  expect([en.code, zh.code]).toEqual([0, 0]);
  for (const { stdout } of [en, zh]) expect(() => JSON.parse(stdout)).not.toThrow();
});
