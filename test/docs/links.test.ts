import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const DOCUMENTS = [
  'README.md',
  'README.zh-CN.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'clients/typescript/README.md',
  'clients/typescript/README.zh-CN.md',
  'local/wechat-simulator/README.md',
  'miniprogram/README.md',
  'miniprogram/example/README.md',
  'miniprogram/taro/README.md',
  'miniprogram/uni-app/README.md',
  ...['.', 'decisions', 'en', 'zh', 'en/recipes', 'zh/recipes'].flatMap((folder) =>
    readdirSync(join('docs', folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join('docs', folder, name)),
  ),
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

const pagesOf = (language: string) =>
  DOCUMENTS.flatMap((path) => (path.startsWith(`docs/${language}/`) ? [path.slice(8)] : []));

test('every page is there in both languages', () => {
  expect(pagesOf('zh').toSorted()).toEqual(pagesOf('en').toSorted());
});

/** What a page is made of: a translation has the same. */
function partsOf(document: string) {
  const text = readFileSync(document, 'utf8');
  const code = [...text.matchAll(/^ *```(\w*)/gm)].map(([, language]) => language);
  const levels = headingsOf(withoutCode(document)).length;
  return { code, levels, rows: [...withoutCode(document).matchAll(/^ *\| /gm)].length };
}

/** `npm run bench` writes its tables into the English page; the Chinese one tells what they come to. */
const MEASURED = 'performance.md';

test.each(pagesOf('en').filter((page) => page !== MEASURED))(
  '%s has as many sections, rows and blocks of code in both languages',
  (page) => {
    expect(partsOf(`docs/zh/${page}`)).toEqual(partsOf(`docs/en/${page}`));
  },
);

const decisions = readdirSync('docs/decisions').filter((name) => /^\d{4}/.test(name));

test('every decision is listed', () => {
  const listed = [...new Set(linksOf('docs/decisions/index.md'))].toSorted();
  expect(listed).toEqual(decisions.toSorted());
});

test('every decision says below its title when it was made and whether it holds; what replaced it says so too', () => {
  const heads = decisions.map(
    (name) => [name, readFileSync(join('docs/decisions', name), 'utf8').split('\n## ')[0] ?? ''] as const,
  );
  for (const [name, head] of heads) {
    expect(head, name).toMatch(/^# \d{4} .*\n\n\d{4}-\d\d-\d\d · (in force|superseded .*by \[\d{4}\])/);
    for (const [, by = ''] of head.matchAll(/superseded (?:on [\d-]+ )?by \[\d{4}\]\(([^)]+)\)/g)) {
      const [, newer = ''] = heads.find(([other]) => other === by) ?? [];
      expect(newer, `${by} supersedes ${name}`).toMatch(
        new RegExp(`supersedes[^]*\\[${name.slice(0, 4)}\\]`),
      );
    }
  }
});
