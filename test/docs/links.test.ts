import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const DOCUMENTS = [
  'README.md',
  'README.zh-CN.md',
  'CHANGELOG.md',
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

/** The name that GitHub gives to a heading in addresses. */
function anchorOf(heading: string): string {
  const plain = heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase();
  return plain.replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '').replaceAll(' ', '-');
}

const withoutCode = (document: string) => readFileSync(document, 'utf8').replaceAll(/```.*?```/gs, '');
const headingsOf = (text: string) => [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);

test.each(DOCUMENTS)('every anchor that %s links to is a heading there', (document) => {
  const links = [...withoutCode(document).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)];
  const broken = links.filter(([, path = '', anchor = '']) => {
    const target = path === '' ? document : join(dirname(document), path);
    return target.endsWith('.md') && !headingsOf(withoutCode(target)).map(anchorOf).includes(anchor);
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});

test('docs/deploy.md has the same sections, tables and sources in English and Chinese', () => {
  const [english = '', chinese = ''] = withoutCode('docs/deploy.md').split(/^## 中文$/m);
  const counts = (text: string) => ({
    sections: headingsOf(text.replace(/^# .*$/m, '')).length,
    rows: [...text.matchAll(/^ *\| /gm)].length,
  });
  expect(counts(chinese)).toEqual(counts(english));
  const sources = (text: string) =>
    new Set([...text.matchAll(/\]\((https?:[^)\s]+)\)/g)].map(([, url = '']) => new URL(url).hostname));
  expect(sources(chinese)).toEqual(sources(english));
});

test('every decision is listed', () => {
  const listed = linksOf('docs/README.md').filter((path) => path.startsWith('decisions/'));
  expect(listed).toEqual(
    readdirSync('docs/decisions')
      .toSorted()
      .map((name) => `decisions/${name}`),
  );
});

test('every decision says below its title when it was made and whether it holds; what replaced it says so too', () => {
  const decisions = readdirSync('docs/decisions').map(
    (name) => [name, readFileSync(join('docs/decisions', name), 'utf8').split('\n## ')[0] ?? ''] as const,
  );
  for (const [name, head] of decisions) {
    expect(head, name).toMatch(/^# \d{4} .*\n\n\d{4}-\d\d-\d\d · (in force|superseded .*by \[\d{4}\])/);
    for (const [, by = ''] of head.matchAll(/superseded (?:on [\d-]+ )?by \[\d{4}\]\(([^)]+)\)/g)) {
      const [, newer = ''] = decisions.find(([other]) => other === by) ?? [];
      expect(newer, `${by} supersedes ${name}`).toMatch(
        new RegExp(`supersedes[^]*\\[${name.slice(0, 4)}\\]`),
      );
    }
  }
});
