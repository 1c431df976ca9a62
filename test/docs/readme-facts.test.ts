import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { routeSpecs } from '../../lib/api/routes/index.ts';
import { inBothLanguages, READMES } from './examples.ts';

const read = (file: string) => readFileSync(file, 'utf8');

test.each(inBothLanguages('routes'))('%s names every route', (readme) => {
  const table = [...read(readme).matchAll(/^\| `([A-Z]+ [^`?]+)/gm)].map(([, route]) => route);
  expect(new Set(table)).toEqual(new Set(routeSpecs.map(({ method, path }) => `${method} ${path}`)));
});

test.each([...READMES, ...inBothLanguages('operate'), ...inBothLanguages('deploy'), 'CONTRIBUTING.md'])(
  'every command that %s names exists',
  (document) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(document).matchAll(/npm run ([a-z]+(?::[a-z-]+)*)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  },
);

test.each(inBothLanguages('settings'))('%s names only settings and parameters that are there', (readme) => {
  const known = ['serverless.yml', 'lib/settings/settings-parts.ts', 'local/dev/options.ts']
    .map(read)
    .join('\n');
  const named = [...read(readme).matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, name = '']) => name);
  expect(named).toContain('WECHAT_APP_ID');
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

test.each(READMES)('%s is read in five minutes: at most 200 lines', (readme) => {
  expect(read(readme).split('\n').length).toBeLessThanOrEqual(200);
});

test.each(READMES)('%s shows the two commands to begin with, and the phone before them', (readme) => {
  const text = read(readme);
  const places = ['](docs/images/phone-card-', 'npm ci && npm run demo', 'npm ci && npm test'].map((part) =>
    text.indexOf(part),
  );
  expect(places.toSorted((a, b) => a - b)).toEqual(places);
  expect(places[0]).toBeGreaterThan(0);
});

/** The last cells of a table below a line. */
function lastCells(document: string, head: RegExp): string[] {
  const [, below = ''] = read(document).split(head);
  return [...(below.split('\n\n')[0] ?? '').matchAll(/([^|]+) \|$/gm)].map(([, cell = '']) => cell.trim());
}

test.each([
  ['README.md', 'en'],
  ['README.zh-CN.md', 'zh'],
])('what %s and the FAQ say of costs is what the calculator reckons, rounded', (readme, language) => {
  const [, ...told] = lastCells(readme, /^\| \| (?:CNY|人民币) \|$/m).map((cell) =>
    [...cell.matchAll(/\d+(?:\.\d+)?/g)].map(([number]) => Number(number)),
  );
  const [, ...yuan] = lastCells(`docs/${language}/cost.md`, /^\| (?:A million|每一百万) .*$/m).map((cell) =>
    Number(cell.replace('¥', '')),
  );
  const [campaign = 0, , crowd = 0, alone = 0, manyReports = 0, oneReport = 0] = yuan.map(Math.round);
  const idle = Math.round((yuan.at(-1) ?? 0) * 10) / 10;
  expect(told).toEqual([[campaign], [crowd, alone], [manyReports, oneReport], [idle, expect.any(Number)]]);
  const inFaq = /(?:CNY|群发约) (\d+) \D+ (\d+) (?:to|至) (\d+)/.exec(read(`docs/${language}/faq.md`));
  expect(inFaq?.slice(1).map(Number)).toEqual([campaign, crowd, alone]);
});
