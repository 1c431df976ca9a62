import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, test } from 'vitest';
import { CANARY } from './package-once.ts';

const { bundles, templateText } = inject('packaged');

describe.each(bundles)('the bundle of $functionName', ({ functionName, zipBytes, paths, code, readable }) => {
  test('is one file, beside which the console has its page, and uploads less than 1 MB', () => {
    const page = paths.filter((path) => functionName === 'console' && path.startsWith('console/dist/'));
    expect(paths.filter((path) => !page.includes(path))).toEqual([`handlers/${functionName}.mjs`]);
    expect(page.includes('console/dist/index.html.br')).toBe(functionName === 'console');
    expect(zipBytes).toBeLessThan(1_000_000);
  });

  test('holds what the service depends on and no development tool', async () => {
    const { packages: locked } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
      packages: Record<string, { dev?: boolean }>;
    };
    const included = [...readable.matchAll(/^ *\/\/ \S*node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\//gm)].map(
      (m) => m[1],
    );
    expect(included).toContain('valibot');
    expect(included.filter((name) => locked[`node_modules/${name}`]?.dev !== undefined)).toEqual([]);
    expect(readable).not.toMatch(/^ *\/\/ (local|test)\//m);
  });

  test('holds no secret of whoever packaged it', () => {
    expect(code).not.toContain(CANARY);
  });
});

test('the template holds no secret of whoever packaged it', () => {
  expect(templateText).not.toContain(CANARY);
});

test('every bundle loads with nothing around it and exports its handler', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qingniao-bundles-'));
  try {
    for (const { functionName, code } of bundles) await writeFile(join(folder, `${functionName}.mjs`), code);
    const names = bundles.map(({ functionName }) => functionName);
    expect(await typesOfHandlers(folder, names)).toEqual(names.map(() => 'function'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Imports the bundles in a process of its own, with an empty environment, and tells what each exports. */
async function typesOfHandlers(folder: string, names: readonly string[]): Promise<unknown> {
  const program = `
    const modules = await Promise.all(${JSON.stringify(names)}.map((name) => import('./' + name + '.mjs')));
    console.log(JSON.stringify(modules.map((module) => typeof module.handler)));`;
  await writeFile(join(folder, 'load.mjs'), program);
  const { stdout } = await promisify(execFile)(process.execPath, ['load.mjs'], { cwd: folder, env: {} });
  return JSON.parse(stdout);
}
