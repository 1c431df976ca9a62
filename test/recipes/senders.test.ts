import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEV_API_KEY } from '../../local/stack/environment.ts';
import { faultyWay } from '../clients/faulty-way.ts';
import { installClient } from '../clients/install-client.ts';
import { useShop } from './shop.ts';

const RECIPES = join(import.meta.dirname, '../../docs/recipes');
const { stack, wechat, allow, templateId } = await useShop();
let folder = '';

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'qingniao-recipes-')));
  await installClient(folder);
  await cp(join(RECIPES, 'node/send.mjs'), join(folder, 'send.mjs'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** How each recipe is run, and with what, of .ci/run's packages. */
const RUNS: Readonly<Record<string, () => readonly [string, ...string[]]>> = {
  node: () => [process.execPath, join(folder, 'send.mjs')],
  php: () => ['php', join(RECIPES, 'php/send.php')],
  java: () => ['java', join(RECIPES, 'java/Send.java')],
  python: () => ['python3', join(RECIPES, 'python/send.py')],
  go: () => ['go', 'run', join(RECIPES, 'go/send.go')],
};

async function run(name: string, apiUrl: string, openid: string, order: string): Promise<string> {
  const [program, ...args] = RUNS[name]?.() ?? [''];
  const env = { ...process.env, QINGNIAO_API_URL: apiUrl, QINGNIAO_API_KEY: DEV_API_KEY };
  const { stdout, stderr } = await promisify(execFile)(program, [...args, openid, order], { env });
  expect(stderr).toBe('');
  return stdout;
}

test.each(Object.keys(RUNS))(
  '%s sends once over a busy service and a cut connection, again under the same key, and says when no grant is left',
  async (name) => {
    const openid = wechat.createUser();
    await allow(wechat, openid, templateId, 1);
    const troubles = [
      { status: 503, headers: { 'content-type': 'text/html' }, body: '<html>' },
      'cut-after',
    ] as const;
    const way = await faultyWay(stack.apiUrl, troubles);
    const first = await run(name, way.url, openid, `DD18${name}`);
    expect(first).toMatch(/^msg_\S+ \w+\n$/);
    expect(way.seen).toHaveLength(3);
    const again = await run(name, stack.apiUrl, openid, `DD18${name}`);
    expect(again.split(' ')[0]).toBe(first.split(' ')[0]);
    const none = await run(name, stack.apiUrl, openid, `DD19${name}`);
    expect(none).toMatch(/^no-grant 请用 wx\.requestSubscribeMessage/);
    await expect.poll(() => wechat.received({ call: 'send', openid }).items.length).toBe(1);
  },
  60_000,
);

test('each page that shows a part of a recipe shows what runs', async () => {
  const files = [
    'php/send.php',
    'cloud-function/index.js',
    'cloud-function/send.js',
    'cloud-hosting/server.mjs',
  ];
  const code = (await Promise.all(files.map((file) => readFile(join(RECIPES, file), 'utf8')))).join('\n');
  for (const language of ['en', 'zh']) {
    const text = await readFile(join(RECIPES, '..', language, 'recipes/index.md'), 'utf8');
    const blocks = [...text.matchAll(/```(?:php|js)\n(.*?)```/gs)].map(([, block = '']) => block);
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(code).toContain(block.trim());
  }
});
