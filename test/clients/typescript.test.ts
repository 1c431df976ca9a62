import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import manifest from '../../clients/typescript/package.json' with { type: 'json' };
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import { SAMPLE_OPENIDS, SAMPLE_TEMPLATES } from '../../local/wechat-simulator/index.ts';
import { startService } from '../contract/running-service.ts';
import { installClient } from './install-client.ts';
import { whoSpeaks } from './who-speaks.ts';

const run = promisify(execFile);
const PROJECT = join(import.meta.dirname, '../..');
const CLIENT = join(PROJECT, 'clients/typescript');
const READMES = ['README.md', 'README.zh-CN.md'] as const;
const { stack, wechat, allow } = await startService();

let folder = '';
let files: readonly string[] = [];

/** The blocks of a readme, one after the other: a program. */
async function programOf(readme: string): Promise<string> {
  const text = await readFile(join(CLIENT, readme), 'utf8');
  return [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code).join('\n');
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'qingniao-client-')));
  ({ files } = await installClient(folder));
  await cp(join(import.meta.dirname, 'typescript/conversation.ts'), join(folder, 'conversation.ts'));
  for (const readme of READMES) await writeFile(join(folder, `${readme}.ts`), await programOf(readme));
  await mkdir(join(folder, 'node_modules/@types'), { recursive: true });
  await symlink(join(PROJECT, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'));
  await symlink(join(PROJECT, 'node_modules/undici-types'), join(folder, 'node_modules/undici-types'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the package is code, types, licence and readmes, and depends on openapi-fetch only', () => {
  const ours = files.filter((file) => !/^dist\/[a-z-]+\.(js|d\.ts)$/.test(file));
  expect(ours).toEqual(['LICENSE', 'README.md', 'README.zh-CN.md', 'package.json']);
  expect(files).toContain('dist/index.js');
  expect(files).toContain('dist/schema.d.ts');
  expect(Object.keys(manifest.dependencies)).toEqual(['openapi-fetch']);
});

test('it has the version and the licence of the service', async () => {
  const { version } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'));
  expect(manifest.version).toBe(version);
  for (const readme of READMES)
    expect(await readFile(join(CLIENT, readme), 'utf8')).toContain(`qingniao-client-${version}.tgz`);
  expect(await readFile(join(CLIENT, 'LICENSE'), 'utf8')).toBe(
    await readFile(join(PROJECT, 'LICENSE'), 'utf8'),
  );
});

/** Everything that owners may have switched on. */
const STRICT = {
  strict: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
};

/** The compiler of today, and the last one that was written in TypeScript. */
const COMPILERS = { new: PROJECT, old: CLIENT } as const;

test.each([
  { compiler: 'new', module: 'nodenext', lib: ['es2024'], exact: true },
  { compiler: 'new', module: 'esnext', lib: ['es2024', 'dom', 'dom.iterable'], exact: false },
  { compiler: 'old', module: 'nodenext', lib: ['es2024', 'dom'], exact: true },
] as const)(
  'its users compile under strict settings: $module, $compiler TypeScript, $lib, exactOptionalPropertyTypes: $exact',
  async ({ compiler, module, lib, exact }) => {
    const settings = join(folder, `tsconfig.${compiler}.${module}.json`);
    const compilerOptions = {
      ...STRICT,
      exactOptionalPropertyTypes: exact,
      target: 'es2024',
      lib,
      module,
      moduleResolution: module === 'nodenext' ? 'nodenext' : 'bundler',
      types: ['node'],
      noEmit: true,
      skipLibCheck: true,
    };
    await writeFile(settings, JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const tsc = join(COMPILERS[compiler], 'node_modules/typescript/bin/tsc');
    const { stdout } = await run(process.execPath, [tsc, '-p', settings]).catch((error) => error);
    expect(stdout).toBe('');
  },
  60_000,
);

/** `Record<string, never>` is what the generator makes of an object without members: nothing can be put into it. */
test('its types know the members of every object', async () => {
  const types = await readFile(join(folder, 'node_modules/@qingniao/client/dist/schema.d.ts'), 'utf8');
  expect(types).toContain('NewMessage: {');
  expect(types).not.toMatch(/: Record<string, never>/);
});

test('the installed package logs in, grants, sends, is refused, sends many, runs a campaign, reads lists', async () => {
  const env = { ...process.env, ...whoSpeaks(stack, wechat, 6) };
  const conversation = run(process.execPath, [join(folder, 'conversation.ts')], { env });
  await expect(conversation).resolves.toMatchObject({ stderr: '' });
});

test('what its readmes show runs, and is the same in both', async () => {
  const [openid = ''] = SAMPLE_OPENIDS;
  const template = SAMPLE_TEMPLATES.find(({ templateId }) => templateId.startsWith('price-drop'));
  const env = { ...process.env, QINGNIAO_API_URL: stack.apiUrl, QINGNIAO_API_KEY: DEV_API_KEY };
  const [english, chinese] = await Promise.all(READMES.map(programOf));
  const withoutTexts = (code: string | undefined) =>
    code?.replaceAll(/'[^'\n]*'/g, "''").replaceAll('.zh', '.en');
  expect(withoutTexts(english)).toBe(withoutTexts(chinese));
  const first = await run(process.execPath, [join(folder, 'README.md.ts')], { env });
  expect(first).toMatchObject({ stderr: '', stdout: expect.stringContaining('Ask the user again.') });
  await allow(wechat, openid, template?.templateId ?? '');
  const second = await run(process.execPath, [join(folder, 'README.zh-CN.md.ts')], { env });
  expect(second).toMatchObject({ stderr: '', stdout: expect.stringMatching(/^msg_\S+ queued\n/) });
});
