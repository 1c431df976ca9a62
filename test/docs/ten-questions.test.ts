import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { githubSlug } from '../../docs/.vitepress/github-slug.ts';

/** What a person asks who has never seen it, and what the section that answers it says, in English and Chinese. */
const QUESTIONS: readonly (readonly [question: string, en: RegExp, zh: RegExp])[] = [
  ['How do I send one from PHP?', /curl_init|send\.php/, /curl_init|send\.php/],
  ['What does a million cost?', /\| messages sent at once.*¥\d/, /\| 立即发送的消息.*¥\d/],
  ['Why 43101?', /no usable subscription.*no-grant/s, /没有可用的订阅.*no-grant/s],
  ['How do I move from cloud functions?', /cloud.*POST \/v1\/|\/v1\/.*cloud/s, /云函数.*\/v1\//s],
  ['What must I file in China?', /小程序备案.*ICP/s, /小程序备案.*ICP/s],
  [
    'How do I add a second app?',
    /npm run setup -- --stage prod --app wx/,
    /npm run setup -- --stage prod --app wx/,
  ],
  ['What is stored of a user?', /openid with grants.*until erased/s, /openid，各模板的授权.*直到删除/s],
  ['How do I go back a version?', /deploy the older commit/i, /部署旧的提交/],
  ['How do I receive events?', /EventBridge/, /EventBridge/],
  ['Why did one message fail?', /outcome\.reason.*npm run logs/s, /outcome\.reason.*npm run logs/s],
];

interface Section {
  readonly file: string;
  readonly text: string;
}

/** The section that a link leads to, up to the next heading of its level; the whole page where it names none. */
function follow(from: string, href: string): Section {
  const [path = '', anchor = ''] = href.split('#');
  const file = join(dirname(from), path);
  const page = readFileSync(file, 'utf8');
  if (anchor === '') return { file, text: page };
  const heading = [...page.matchAll(/^(#+) (.*)$/gm)].find(
    ([, , title = '']) => githubSlug(title) === anchor,
  );
  if (!heading) throw new Error(`${file} has no section ${anchor}.`);
  const [line, marks = '#'] = heading;
  const rest = page.slice(heading.index + line.length);
  const end = rest.search(new RegExp(`^#{1,${marks.length}} `, 'm'));
  return { file, text: end < 0 ? rest : rest.slice(0, end) };
}

const pagesLinkedFrom = ({ file, text }: Section) =>
  [...text.matchAll(/\]\((?!https?:)([^)\s]+\.md(?:#[^)\s]+)?)\)/g)]
    .map(([, href = '']) => href)
    .filter((href) => existsSync(join(dirname(file), href.split('#')[0] ?? '')));

/** The links that the README's table of questions gives, one for each. */
function tableOf(readme: string, heading: string): readonly Section[] {
  const section = readFileSync(readme, 'utf8').split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| .*\]\(([^)]+)\) \|$/gm)].map(([, href = '']) => follow(readme, href));
}

const ENGLISH = tableOf('README.md', 'Questions');
const CHINESE = tableOf('README.zh-CN.md', '常见问题');

test('both readmes list the ten questions', () => {
  expect([ENGLISH.length, CHINESE.length]).toEqual([QUESTIONS.length, QUESTIONS.length]);
});

test.each(QUESTIONS.map((entry, at) => [...entry, at] as const))(
  '%s Answered within two clicks from either readme',
  (_, en, zh, at) => {
    for (const [section, answer] of [
      [ENGLISH[at], en],
      [CHINESE[at], zh],
    ] as const) {
      if (!section) throw new Error('no such row');
      const second = pagesLinkedFrom(section).map((href) => follow(section.file, href).text);
      expect(
        [section.text, ...second].filter((text) => answer.test(text)).length,
        section.file,
      ).toBeGreaterThan(0);
    }
  },
);
