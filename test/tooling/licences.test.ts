import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

interface LockedPackage {
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
}

/** Licences that ask for their notice at the most. What is deployed may be given to anyone under the project's own. */
const DEPLOYED = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Unlicense']);
/** Tools besides: nothing of them is in what is deployed. MPL-2.0 binds changes to its own files only. */
const TOOLS = new Set([...DEPLOYED, 'BlueOak-1.0.0', 'CC0-1.0', 'MPL-2.0', 'PSF-2.0', 'Python-2.0']);

/** Whether a choice of licences (`A OR B`) has an allowed one, and a sum of them (`A AND B`) no other. */
function isAllowed(licence: string | undefined, allowed: ReadonlySet<string>): boolean {
  if (licence === undefined) return false;
  return licence
    .replaceAll(/[()]/g, '')
    .split(/ OR /)
    .some((choice) => choice.split(/ AND /).every((part) => allowed.has(part.trim())));
}

async function refused(lock: string): Promise<string[]> {
  const { packages } = JSON.parse(await readFile(lock, 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  return Object.entries(packages).flatMap(([path, { license, dev, devOptional, link }]) => {
    if (path === '' || link) return [];
    return isAllowed(license, dev || devOptional ? TOOLS : DEPLOYED) ? [] : [`${path}: ${license}`];
  });
}

test.each(['package-lock.json', 'docs/package-lock.json'])(
  'every package of %s has a licence that allows what is done with it',
  async (lock) => {
    expect(await refused(lock)).toEqual([]);
  },
);

test.each([
  ['MIT', true],
  ['(GPL-3.0-only OR MIT)', true],
  ['MIT AND Apache-2.0', true],
  ['MIT AND GPL-3.0-only', false],
  ['AGPL-3.0-only', false],
  ['MPL-2.0', false],
  [undefined, false],
])('%s in what is deployed: %s', (licence, expected) => {
  expect(isAllowed(licence, DEPLOYED)).toBe(expected);
});
