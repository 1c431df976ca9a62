import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

/** What GitHub says of the environment, and of the branches and tags that may use it. */
interface OfGitHub {
  readonly limit: { protected_branches: boolean; custom_branch_policies: boolean } | null;
  readonly allowed?: readonly { name: string; type?: string }[];
  readonly status?: number;
}

const OF_NAMES = { protected_branches: false, custom_branch_policies: true };

/** How the check of the environment `dev` ends before GitHub's answers. */
async function check({ limit, allowed = [], status = 200 }: OfGitHub) {
  const server = createServer(({ url, headers }, response) => {
    const answers: Record<string, unknown> = {
      '/repos/o/r/environments/dev': { name: 'dev', deployment_branch_policy: limit },
      '/repos/o/r/environments/dev/deployment-branch-policies': { branch_policies: allowed },
    };
    const isKnown = headers.authorization === 'Bearer token-1' && url !== undefined && url in answers;
    response.writeHead(isKnown ? status : 404).end(JSON.stringify(answers[url ?? '']));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const env = {
    GITHUB_API_URL: `http://127.0.0.1:${port}`,
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_TOKEN: 'token-1',
    ENVIRONMENT: 'dev',
  };
  return promisify(execFile)(process.execPath, ['deploy/check-environment.ts'], { env }).then(
    () => ({ code: 0, stderr: '' }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
  );
}

test('an environment for main alone may be deployed to', async () => {
  expect(await check({ limit: OF_NAMES, allowed: [{ name: 'main', type: 'branch' }] })).toMatchObject({
    code: 0,
  });
});

test.each<[string, OfGitHub]>([
  ['any branch', { limit: null }],
  ['every protected branch', { limit: { protected_branches: true, custom_branch_policies: false } }],
  ['another branch too', { limit: OF_NAMES, allowed: [{ name: 'main' }, { name: 'next' }] }],
  ['branches of a pattern', { limit: OF_NAMES, allowed: [{ name: 'main*' }] }],
  ['a tag named main', { limit: OF_NAMES, allowed: [{ name: 'main', type: 'tag' }] }],
  ['no branch', { limit: OF_NAMES }],
])('one for %s is refused, and what to set is said', async (_, ofGitHub) => {
  const { code, stderr } = await check(ofGitHub);
  expect([code, stderr]).toEqual([1, expect.stringContaining('Deployment branches and tags')]);
  expect(stderr).toContain('没有限定为 main 分支');
});

test('where GitHub does not say, nothing is deployed, and the token stays unsaid', async () => {
  const { code, stderr } = await check({ limit: null, status: 403 });
  expect([code, stderr]).toEqual([1, expect.stringContaining('actions: read')]);
  expect(stderr).not.toContain('token-1');
});
