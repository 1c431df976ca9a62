import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, inject, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };

interface Published {
  readonly name: string;
  readonly 'dist-tags': Record<string, string>;
  readonly versions: Record<string, { repository: object; exports: object }>;
  readonly _attachments: Record<string, { length: number }>;
}

/** A registry of npm's on this machine, as far as publishing needs it. */
async function openRegistry() {
  const published: Published[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === 'PUT') published.push(JSON.parse(await text(request)) as Published);
    const found = published.at(-1);
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? { error: 'Not found' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { published, port: (server.address() as AddressInfo).port };
}

/** Runs the step of the workflow that publishes, on a copy of the built package and for a tag. */
async function publish(tag: string, port: number, version = packageJson.version): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'qingniao-publish-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(inject('installed').package, join(folder, 'miniprogram'), { recursive: true });
  const file = join(folder, 'miniprogram/package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { version: string; publishConfig: object };
  expect(manifest.publishConfig).toEqual({ access: 'public', provenance: true });
  // Who vouches for a package is a service of the CI.
  await writeFile(file, JSON.stringify({ ...manifest, version, publishConfig: { access: 'public' } }));
  const registry = `127.0.0.1:${port}/`;
  await writeFile(
    join(folder, 'miniprogram/.npmrc'),
    `registry=http://${registry}\n//${registry}:_authToken=none\n`,
  );
  const { jobs } = parse(await readFile('.github/workflows/publish.yml', 'utf8')) as {
    jobs: { publish: { steps: { name?: string; run?: string }[] } };
  };
  const script = jobs.publish.steps.find(({ name }) => name === 'publish')?.run ?? '';
  const { stdout } = await promisify(execFile)('bash', ['-eo', 'pipefail', '-c', script], {
    cwd: folder,
    env: { ...process.env, PACKAGE: 'miniprogram', GITHUB_REF_NAME: tag, GITHUB_REPOSITORY: 'you/qingniao' },
  });
  return stdout;
}

test('a tag publishes the built package once, and it names the repository that it comes from', async () => {
  const { published, port } = await openRegistry();
  await publish(`v${packageJson.version}`, port);
  const [first] = published;
  expect(first).toMatchObject({
    name: '@qingniao/miniprogram',
    'dist-tags': { latest: packageJson.version },
    versions: {
      [packageJson.version]: {
        miniprogram: 'dist',
        repository: { type: 'git', url: 'git+https://github.com/you/qingniao.git', directory: 'miniprogram' },
      },
    },
  });
  expect(Object.values(first!._attachments)[0]?.length).toBeGreaterThan(10_000);
  await expect(publish(`v${packageJson.version}`, port)).resolves.toMatch(/published already/);
  expect(published).toHaveLength(1);
});

test('a version before a release is not what everyone gets', async () => {
  const { published, port } = await openRegistry();
  await publish('v1.0.0-rc.1', port, '1.0.0-rc.1');
  expect(published.map((one) => one['dist-tags'])).toEqual([{ next: '1.0.0-rc.1' }]);
});

test('a tag that is not the version is not published', async () => {
  const { published, port } = await openRegistry();
  await expect(publish('v9.9.9', port)).rejects.toThrow(/not the version/);
  expect(published).toEqual([]);
});
