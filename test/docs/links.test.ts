import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const DOCUMENTS = [
  'README.md',
  'README.zh-CN.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'local/wechat-simulator/README.md',
  'miniprogram/README.md',
  'miniprogram/example/README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Links into the repository, without their anchors. */
function linksOf(document: string): string[] {
  const text = readFileSync(document, 'utf8').replaceAll(/```.*?```/gs, '');
  return [...text.matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, path = '']) => path);
}

test.each(DOCUMENTS)('every link of %s leads somewhere', (document) => {
  const broken = linksOf(document).filter((path) => !existsSync(join(dirname(document), path)));
  expect(broken).toEqual([]);
});

test('every decision is listed', () => {
  const listed = linksOf('docs/README.md').filter((path) => path.startsWith('decisions/'));
  expect(listed).toEqual(
    readdirSync('docs/decisions')
      .toSorted()
      .map((name) => `decisions/${name}`),
  );
});
