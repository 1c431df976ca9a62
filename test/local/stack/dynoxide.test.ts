import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dynoxidePackage, dynoxideProgram } from '../../../local/stack/dynoxide.ts';
import { NoDynamoDbEngineError } from '../../../local/stack/no-engine-error.ts';
import { say } from '../../../operate/language.ts';
import packageJson from '../../../package.json' with { type: 'json' };

const MACHINES = [
  ['darwin', 'arm64', 'dynoxide'],
  ['darwin', 'x64', 'dynoxide'],
  ['linux', 'arm64', 'dynoxide'],
  ['linux', 'x64', 'dynoxide'],
  ['win32', 'x64', 'dynoxide.exe'],
] as const;

/** A project in which only the engine of that machine is installed. */
async function installedFor(platform: string, arch: string): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), 'qingniao-engine-'));
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  const folder = join(project, 'node_modules/@dynoxide', `${platform}-${arch}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{}');
  return project;
}

test.each(MACHINES)(
  '%s %s has an engine without Java, by its own program',
  async (platform, arch, program) => {
    const project = await installedFor(platform, arch);
    const seenFrom = join(project, 'local.js');
    const folder = join(project, 'node_modules/@dynoxide', `${platform}-${arch}`);
    expect(dynoxideProgram({ platform, arch }, seenFrom)).toBe(join(folder, program));
    const others = MACHINES.filter(([os, cpu]) => os !== platform || cpu !== arch);
    for (const [os, cpu] of others)
      expect(dynoxideProgram({ platform: os, arch: cpu }, seenFrom)).toBeUndefined();
  },
);

test('each engine is an optional dependency, locked for its machine alone, all of one version', async () => {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
    packages: Record<string, { version: string; os: string[]; cpu: string[]; optional: boolean }>;
  };
  const names = MACHINES.map(([platform, arch]) => dynoxidePackage({ platform, arch }) ?? '');
  expect(Object.keys(packageJson.optionalDependencies)).toEqual(names);
  expect(new Set(Object.values(packageJson.optionalDependencies)).size).toBe(1);
  for (const [index, [platform, arch]] of MACHINES.entries()) {
    expect(packages[`node_modules/${names[index]}`]).toMatchObject({
      version: packages['node_modules/@dynoxide/linux-x64']?.version,
      optional: true,
      os: [platform],
      cpu: [arch],
    });
  }
});

test.each([
  ['freebsd', 'x64'],
  ['win32', 'arm64'],
])('%s %s has none, and is told so with the way out', (platform, arch) => {
  expect(dynoxidePackage({ platform, arch })).toBeUndefined();
  const { message } = new NoDynamoDbEngineError({ platform, arch });
  for (const part of [
    `${platform}-${arch}`,
    'Java 17',
    'AWS_ENDPOINT_URL_DYNAMODB',
    say('Install Java 17', '请安装 Java 17'),
  ])
    expect(message).toContain(part);
  expect(message).not.toContain('npm ci');
});

test('a machine whose engine is not installed is told its name and how it is installed', () => {
  const { message } = new NoDynamoDbEngineError({ platform: 'darwin', arch: 'arm64' });
  for (const part of [
    '@dynoxide/darwin-arm64',
    '`npm ci` without --omit=optional',
    say('npm registry', 'npm 源'),
    'Java 17',
  ])
    expect(message).toContain(part);
  expect(new NoDynamoDbEngineError('java').message).not.toContain('dynoxide');
});
