import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

interface LockedPackage {
  optionalDependencies?: Record<string, string>;
  integrity?: string;
  link?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
}

const LOCKS = [
  'package-lock.json',
  'docs/package-lock.json',
  'miniprogram/taro/package-lock.json',
  'miniprogram/uni-app/package-lock.json',
];

async function lockedPackages(lock = 'package-lock.json'): Promise<Record<string, LockedPackage>> {
  return JSON.parse(await readFile(lock, 'utf8')).packages;
}

test.each(LOCKS)('%s knows the builds for every platform, else `npm ci` refuses it', async (lock) => {
  const packages = await lockedPackages(lock);
  const missing = Object.entries(packages).flatMap(([where, locked]) =>
    Object.keys(locked.optionalDependencies ?? {}).filter(
      (name) => !(`node_modules/${name}` in packages || `${where}/node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});

test.each(LOCKS)(
  'every package of %s is held to its hash; only an optional build for one kind of machine may lack one',
  async (lock) => {
    const unchecked = Object.entries(await lockedPackages(lock)).flatMap(
      ([where, { integrity, link, optional, os = [], cpu = [] }]) => {
        const isBuild = optional && os.length === 1 && cpu.length === 1;
        return !where.includes('node_modules/') || link || integrity !== undefined || isBuild ? [] : [where];
      },
    );
    expect(unchecked).toEqual([]);
  },
);

test('the builds for the machine of CI are held to their hashes', async () => {
  const packages = await lockedPackages();
  for (const name of ['@dynoxide/linux-x64', '@biomejs/cli-linux-x64'])
    expect(packages[`node_modules/${name}`]?.integrity).toMatch(/^sha512-/);
});
