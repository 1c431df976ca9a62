import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { routeSpecs } from '../../lib/api/routes/index.ts';
import { inBoth, READMES } from './examples.ts';

const read = (file: string) => readFileSync(file, 'utf8');

test.each(inBoth('routes'))('%s names every route', (readme) => {
  const table = [...read(readme).matchAll(/^\| `([A-Z]+ [^`?]+)/gm)].map(([, route]) => route);
  expect(new Set(table)).toEqual(new Set(routeSpecs.map(({ method, path }) => `${method} ${path}`)));
});

test.each([...READMES, ...inBoth('operate'), ...inBoth('deploy'), 'CONTRIBUTING.md'])(
  'every command that %s names exists',
  (document) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(document).matchAll(/npm run ([a-z]+(?::[a-z-]+)*)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  },
);

test.each(inBoth('settings'))('%s names only settings and parameters that are there', (readme) => {
  const known = ['serverless.yml', 'lib/settings/settings-parts.ts', 'local/dev/options.ts']
    .map(read)
    .join('\n');
  const named = [...read(readme).matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, name = '']) => name);
  expect(named).toContain('WECHAT_APP_ID');
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});
