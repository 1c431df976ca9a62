import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

interface LockedPackage {
  optionalDependencies?: Record<string, string>;
}

test('the lockfile knows the builds for every platform, else `npm ci` refuses it', async () => {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const missing = Object.entries(packages).flatMap(([where, locked]) =>
    Object.keys(locked.optionalDependencies ?? {}).filter(
      (name) => !(`node_modules/${name}` in packages || `${where}/node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});
