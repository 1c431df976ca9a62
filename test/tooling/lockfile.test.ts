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

async function lockedPackages(): Promise<Record<string, LockedPackage>> {
  return JSON.parse(await readFile('package-lock.json', 'utf8')).packages;
}

test('the lockfile knows the builds for every platform, else `npm ci` refuses it', async () => {
  const packages = await lockedPackages();
  const missing = Object.entries(packages).flatMap(([where, locked]) =>
    Object.keys(locked.optionalDependencies ?? {}).filter(
      (name) => !(`node_modules/${name}` in packages || `${where}/node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});

test('every package is held to its hash; only an optional build for one kind of machine may lack one', async () => {
  const unchecked = Object.entries(await lockedPackages()).flatMap(
    ([where, { integrity, link, optional, os = [], cpu = [] }]) => {
      const isBuild = optional && os.length === 1 && cpu.length === 1;
      return !where.includes('node_modules/') || link || integrity !== undefined || isBuild ? [] : [where];
    },
  );
  expect(unchecked).toEqual([]);
});

test('the builds for the machine of CI are held to their hashes', async () => {
  const packages = await lockedPackages();
  for (const name of ['@dynoxide/linux-x64', '@biomejs/cli-linux-x64'])
    expect(packages[`node_modules/${name}`]?.integrity).toMatch(/^sha512-/);
});
