import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService } from '../contract/running-service.ts';
import { whoSpeaks } from './who-speaks.ts';

const run = promisify(execFile);
const WORKSPACE = join(import.meta.dirname, 'typescript');
const TSC = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc');
const { stack, wechat } = await startService();

let folder = '';

/** The client lies in a folder of its own inside the workspace, where its packages are found. */
beforeAll(async () => {
  folder = await mkdtemp(join(WORKSPACE, '.generated-'));
  await cp(join(WORKSPACE, 'conversation.ts'), join(folder, 'conversation.ts'));
  const generator = createRequire(join(WORKSPACE, 'package.json')).resolve('openapi-typescript');
  const cli = join(dirname(generator), '../bin/cli.js');
  await run(process.execPath, [cli, 'openapi.yaml', '--output', join(folder, 'schema.ts')]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Everything that owners may have switched on. */
const STRICT = {
  strict: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
};

test.each([true, false])(
  'a TypeScript client compiles under strict settings, exactOptionalPropertyTypes: %s',
  async (exact) => {
    const settings = join(folder, `tsconfig.${exact}.json`);
    const compilerOptions = {
      ...STRICT,
      exactOptionalPropertyTypes: exact,
      target: 'es2024',
      lib: ['es2024', 'dom'],
      module: 'nodenext',
      types: ['node'],
      noEmit: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
    };
    await writeFile(settings, JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const { stdout } = await run(process.execPath, [TSC, '-p', settings]).catch((error) => error);
    expect(stdout).toBe('');
  },
);

/** `Record<string, never>` is what the generator makes of an object without members: nothing can be put into it. */
test('a TypeScript client knows the members of every object', async () => {
  const types = await readFile(join(folder, 'schema.ts'), 'utf8');
  expect(types).toContain('NewMessage: {');
  expect(types).not.toMatch(/: Record<string, never>/);
});

test('a TypeScript client logs in, reports grants, sends, reads, meets a problem and makes a campaign', async () => {
  const env = { ...process.env, ...whoSpeaks(stack, wechat) };
  const conversation = run(process.execPath, [join(folder, 'conversation.ts')], { env });
  await expect(conversation).resolves.toMatchObject({ stderr: '' });
});
