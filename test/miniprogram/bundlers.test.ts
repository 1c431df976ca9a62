import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build as esbuild } from 'esbuild';
import { type NapiResolveOptions, ResolverFactory } from 'oxc-resolver';
import { build as vite } from 'vite';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

const { sample, package: packed } = inject('installed');

/** What of the package is a component, and has no other form. */
const COMPONENT = 'subscribe-guide/index.js';

/** What is asked for, and the file of the package that is meant. */
const REQUESTS = {
  '@qingniao/miniprogram': 'index.js',
  '@qingniao/miniprogram/stand-in': 'stand-in.js',
  '@qingniao/miniprogram/subscribe-after': 'subscribe-after.js',
  '@qingniao/miniprogram/subscribe-device': 'subscribe-device.js',
  '@qingniao/miniprogram/subscribe-plan': 'subscribe-plan.js',
  '@qingniao/miniprogram/subscribe-guide/index': COMPONENT,
};
/** What frameworks that compile components look for beside the script. */
const PARTS = ['index.json', 'index.wxml', 'index.wxss'];

const ENTRY = `
import { createQingniao, ownBackend, ownDomain, isServiceError } from '@qingniao/miniprogram';
import { modalStandIn } from '@qingniao/miniprogram/stand-in';
import { createSubscribeDevice } from '@qingniao/miniprogram/subscribe-device';
import '@qingniao/miniprogram/subscribe-guide/index';
console.log([createQingniao, ownBackend, ownDomain, isServiceError, modalStandIn, createSubscribeDevice].map((it) => typeof it).join());
`;
const REQUIRING = `
const { createQingniao, ownBackend, ownDomain, isServiceError } = require('@qingniao/miniprogram');
const { modalStandIn } = require('@qingniao/miniprogram/stand-in');
const { createSubscribeDevice } = require('@qingniao/miniprogram/subscribe-device');
require('@qingniao/miniprogram/subscribe-guide/index');
console.log([createQingniao, ownBackend, ownDomain, isServiceError, modalStandIn, createSubscribeDevice].map((it) => typeof it).join());
`;
const FOUND = 'component\nfunction,function,function,function,function,function\n';

/** A folder inside the project that has the package installed, as a bundler finds it. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(sample, 'bundled-'));
  await writeFile(join(folder, 'component.cjs'), "globalThis.Component = () => console.log('component');");
  await writeFile(join(folder, 'entry.mjs'), ENTRY);
  await writeFile(join(folder, 'entry.cjs'), REQUIRING);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(file: string): Promise<string> {
  const args = ['--require', join(folder, 'component.cjs'), file];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  return stdout;
}

test.each(['entry.mjs', 'entry.cjs'])(
  'plain Node finds module, stand-in and component from %s',
  async (entry) => {
    expect(await run(join(folder, entry))).toBe(FOUND);
  },
);

test.each(['entry.mjs', 'entry.cjs'])(
  'esbuild bundles module, stand-in and component from %s',
  async (entry) => {
    const outfile = join(folder, `esbuild-${entry}.cjs`);
    await esbuild({
      entryPoints: [join(folder, entry)],
      bundle: true,
      outfile,
      format: 'cjs',
      logLevel: 'silent',
    });
    expect(await run(outfile)).toBe(FOUND);
  },
);

test('Vite bundles module, stand-in and component', async () => {
  await vite({
    root: folder,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: 'vite',
      lib: { entry: join(folder, 'entry.mjs'), formats: ['es'], fileName: () => 'bundle.mjs' },
    },
  });
  expect(await run(join(folder, 'vite/bundle.mjs'))).toBe(FOUND);
});

/** Where each kind of tool finds the modules: webpack 4 knows no exports, and takes the `module` of the package only. */
const RESOLVERS: readonly (readonly [string, 'esm' | 'dist', NapiResolveOptions])[] = [
  [
    'webpack 5 for an import',
    'esm',
    { conditionNames: ['webpack', 'import', 'module', 'browser'], mainFields: ['browser', 'module', 'main'] },
  ],
  [
    'webpack 5 for a require',
    'dist',
    {
      conditionNames: ['webpack', 'require', 'module', 'browser'],
      mainFields: ['browser', 'module', 'main'],
    },
  ],
  ['webpack 4', 'dist', { exportsFields: [], mainFields: ['browser', 'module', 'main'] }],
];

/** The file that a stub at the root of the package stands for. */
async function behindStub(file: string): Promise<string> {
  const [, target] = /require\('(\.[^']+)'\);\n$/.exec(await readFile(file, 'utf8')) ?? [];
  return target ? resolve(dirname(file), target) : file;
}

test.each(RESOLVERS)('%s finds module, stand-in and component in %s', async (tool, form, options) => {
  const resolver = new ResolverFactory(options);
  for (const [request, name] of Object.entries(REQUESTS)) {
    const found = await resolver.async(folder, request);
    expect(found.error).toBeUndefined();
    const asEsm = name !== COMPONENT && (form === 'esm' || (tool === 'webpack 4' && name === 'index.js'));
    const byItsName = name === COMPONENT && tool === 'webpack 4';
    const file = join(packed, byItsName ? '.' : asEsm ? 'esm' : 'dist', name);
    expect(await behindStub(found.path!), request).toBe(await realpath(file));
  }
});

test('a bundler drops what is not used of the module, and never the component', async () => {
  const entry = join(folder, 'unused.mjs');
  await writeFile(entry, ENTRY.replace(/console.*/, "console.log('nothing used');"));
  const outfile = join(folder, 'unused.cjs');
  await esbuild({ entryPoints: [entry], bundle: true, outfile, format: 'cjs', logLevel: 'silent' });
  expect(await run(outfile)).toBe('component\nnothing used\n');
  expect(await readFile(outfile, 'utf8')).not.toContain('requestSubscribeMessage');
});

test('the parts of the component are found by name, and what was deep in the package still is', async () => {
  const resolver = new ResolverFactory({ conditionNames: ['require'] });
  const asked = [
    ...PARTS.map((part) => [`subscribe-guide/${part}`, `dist/subscribe-guide/${part}`]),
    ['dist/index.js', 'dist/index.js'],
    ['package.json', 'package.json'],
  ];
  for (const [request, file] of asked) {
    const found = await resolver.async(folder, `@qingniao/miniprogram/${request}`);
    expect(found.path, request).toBe(await realpath(join(packed, file!)));
  }
});

test('the component stands whole where its name leads, for compilers that look for its parts as files', async () => {
  const parts = await readdir(join(packed, 'subscribe-guide'));
  expect(parts.toSorted()).toEqual(['index.js', ...PARTS].toSorted());
  for (const part of parts) {
    const [named, uploaded] = await Promise.all(
      ['.', 'dist'].map((folder) => readFile(join(packed, folder, 'subscribe-guide', part), 'utf8')),
    );
    expect(named, part).toBe(uploaded);
  }
});

test('the packed files lead nowhere outside the package', async () => {
  const names = (await readdir(packed, { recursive: true })).filter((name) =>
    /\.(md|json|js|ts|wxml|wxss)$/.test(name),
  );
  expect(names).toContain('README.md');
  for (const name of names) {
    const text = await readFile(join(packed, name), 'utf8');
    const links = name.endsWith('.md')
      ? [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target!)
      : [...text.matchAll(/(?:from |require\(|import\(|"extends": )["'](\.[^"']+)["']/g)].map(
          ([, target]) => target!,
        );
    for (const link of links.filter((target) => !/^https?:/.test(target))) {
      const target = resolve(packed, dirname(name), link);
      expect(target.startsWith(`${packed}/`), `${name}: ${link}`).toBe(true);
      expect(
        [target, `${target}.d.ts`, target.replace(/js$/, 'd.ts')].some((file) => existsSync(file)),
        `${name}: ${link}`,
      ).toBe(true);
    }
  }
});

test('the licence that the package names is in it', async () => {
  const manifest = JSON.parse(await readFile(join(packed, 'package.json'), 'utf8')) as { license: string };
  expect(manifest.license).toBe('Apache-2.0');
  expect(await readFile(join(packed, 'LICENSE'), 'utf8')).toBe(await readFile('LICENSE', 'utf8'));
});
