import { expect, test } from 'vitest';
import { useSecretsManager } from '../support/secrets-manager.ts';
import { runCommand } from './run-command.ts';

const NAME = 'qingniao/test/webhook-secret';

async function setup(endpoint: string, args: readonly string[], env: Record<string, string> = {}) {
  return runCommand('setup', ['--stage', 'test', '--yes', ...args], {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    ...env,
  });
}
const WEBHOOK = ['--webhook', 'https://example.com/events'];

test('npm run setup -- --webhook makes the secret, shows it once, and says how to deploy', async () => {
  const { secrets, endpoint } = await useSecretsManager();
  const first = await setup(endpoint, WEBHOOK);
  expect([first.code, first.stderr]).toEqual([0, '']);
  const secret = secrets.get(NAME) ?? '';
  expect(secret).toMatch(/^[A-Za-z0-9]{43}$/);
  expect(first.stdout).toContain(secret);
  expect(first.stdout).toContain('WEBHOOK_URL=https://example.com/events npm run deploy -- --stage test');
  const second = await setup(endpoint, WEBHOOK);
  expect([second.code, second.stdout]).toEqual([0, expect.stringContaining('kept')]);
  expect(second.stdout).not.toContain(secret);
  expect(secrets.get(NAME)).toBe(secret);
});

test('--rotate webhook-secret makes it anew, and the deployment reads it again', async () => {
  const { secrets, endpoint } = await useSecretsManager({ [NAME]: 'old' });
  const { stdout } = await setup(endpoint, [...WEBHOOK, '--rotate', 'webhook-secret']);
  expect(secrets.get(NAME)).toHaveLength(43);
  expect(stdout).toContain('secretsRevision=');
});

test('a secret of one’s own comes from the environment and is not shown', async () => {
  const { secrets, endpoint } = await useSecretsManager();
  const { stdout } = await setup(endpoint, WEBHOOK, { WEBHOOK_SECRET: 'my-own-secret' });
  expect(secrets.get(NAME)).toBe('my-own-secret');
  expect(stdout).not.toContain('my-own-secret');
});

test('--dry-run writes nothing', async () => {
  const { secrets, endpoint } = await useSecretsManager();
  const { code, stdout } = await setup(endpoint, [...WEBHOOK, '--dry-run']);
  expect([code, secrets.size, stdout]).toEqual([0, 0, expect.stringContaining('--dry-run')]);
});

test.each([
  [['--webhook', 'http://example.com']],
  [['--webhook', 'example.com']],
  [[...WEBHOOK, '--rotate', 'push-token']],
])('%s is refused in one line', async (args) => {
  const { endpoint } = await useSecretsManager();
  const { code, stderr } = await setup(endpoint, args);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--')]);
});

test('credentials that may not write are told without the secret', async () => {
  const { code, stderr } = await setup('http://127.0.0.1:1', WEBHOOK, {
    WEBHOOK_SECRET: 'my-own-secret',
    AWS_MAX_ATTEMPTS: '1',
  });
  expect([code, stderr]).toEqual([1, expect.stringContaining('secretsmanager:CreateSecret')]);
  expect(stderr).not.toMatch(/my-own-secret|^\s+at /m);
});
