import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inBothLanguages } from './examples.ts';

const PAGES = [...inBothLanguages('frameworks'), 'miniprogram/README.md'];

const SHOWN = /<!-- from: (?<file>\S+) -->\n```\w+\n(?<code>.*?)\n```/gs;

/** Comments but those that steer the compiler: each page has its own, in its language. */
const REMARK = /^\s*(?:\/\*\*?.*\*\/|\/\/(?! #).*|<!--(?! #).*-->)\n|[ \t]*\/\/(?! #).*$/gm;

const plain = (code: string) => `${code}\n`.replaceAll(REMARK, '').replaceAll(/^\s+/gm, '').trim();

/** The code that a page says to be that of a sample, by file. */
function shownBy(page: string) {
  return [...readFileSync(page, 'utf8').matchAll(SHOWN)].map(({ groups = {} }) => ({
    file: groups['file']!,
    code: groups['code']!,
  }));
}

test.each(PAGES)('what %s shows of a sample is in the sample', (page) => {
  const shown = shownBy(page);
  expect(shown.length).toBeGreaterThan(2);
  for (const { file, code } of shown)
    expect(plain(readFileSync(join('miniprogram', file), 'utf8')), file).toContain(plain(code));
});

test('both languages show the same', () => {
  const [english, chinese] = inBothLanguages('frameworks').map((page) =>
    shownBy(page).map(({ file, code }) => `${file}\n${plain(code)}`),
  );
  expect(chinese).toEqual(english);
});
