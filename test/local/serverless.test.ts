import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

/** Runs the framework as a person without any account does, in a folder of its own for temporary files. */
async function serverless(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'qingniao-serverless-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const base = { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, AWS_EC2_METADATA_DISABLED: 'true' };
  const ended = spawnSync(process.execPath, ['local/serverless.ts', ...args], {
    env: { ...base, NO_COLOR: '1', ...env },
    encoding: 'utf8',
  });
  return { ...ended, folder };
}

test.each([
  ['--version', 0],
  ['no-such-command', 1],
])('serverless %s ends with its own code and leaves no temporary file behind', async (command, code) => {
  const { folder, ...ended } = await serverless([command]);
  expect(ended.status, ended.stderr).toBe(code);
  expect((await readdir(folder)).filter((name) => name.startsWith('qingniao-'))).toEqual([]);
});

test('a deployment with bad settings ends before anything starts, with all of them named and no value', async () => {
  const { status, stdout, stderr } = await serverless(
    ['deploy', '--stage', 'test', '--param', 'sessionTtlHours=k3y', '--param=maxSendsPerSecond=0'],
    {
      WEBHOOK_URL: 'http://k3y.example.com',
      GRANT_SOURCE: 'k3y',
      TEMPLATE_ALIASES: 'k3y itself',
      API_KEYS: 'not read when deploying',
    },
  );
  const printed = stdout + stderr;
  const named = [...printed.matchAll(/^ {2}(\w+): /gm)].map(([, name]) => name);
  expect(named).toEqual([
    'GRANT_SOURCE',
    'MAX_SENDS_PER_SECOND',
    'SESSION_TTL_HOURS',
    'TEMPLATE_ALIASES',
    'WECHAT_APP_ID',
    'WebhookUrl',
  ]);
  expect(printed).toContain('set webhookUrl (or WEBHOOK_URL) to an address that begins with https://');
  expect(printed).not.toMatch(/k3y|^\s+at /m);
  expect(status).toBe(1);
}, 60_000);

test.each([
  [['deploy', '--stag', 'x'], 'There is no option --stag. Did you mean --stage?'],
  [
    ['deploy', '--param', 'maxSendPerSecond=5'],
    'There is no parameter "maxSendPerSecond". Did you mean maxSendsPerSecond?',
  ],
  [['package', '--param', 'x'], '--param takes name=value.'],
])('%j ends with 2, one line and the usage', async (args, says) => {
  const { status, stderr } = await serverless(args);
  expect(stderr).toContain(says);
  expect(stderr).toContain(`npm run ${args[0]}`);
  expect(status).toBe(2);
});
