import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PROBLEMS } from '../../lib/api/problem.ts';
import type { InternalReason } from '../../lib/sends/internal-outcome.ts';
import { cardRule } from '../../lib/wechat/errcodes/card-rules.ts';
import { sendRule } from '../../lib/wechat/errcodes.ts';

const LANGUAGES = ['en', 'zh'] as const;
type Language = (typeof LANGUAGES)[number];

/** How a sentence ends, and what the Chinese page is written in. */
const SENTENCE = { en: /\S\.$/, zh: /\p{sc=Han}.*。$/u };
const HEADINGS = {
  problems: { en: 'Problems', zh: '接口错误' },
  reasons: { en: 'Why a message ended', zh: '消息的结果' },
};
const page = (name: string, language: Language) => readFileSync(`docs/${language}/${name}.md`, 'utf8');

/** The rows of the table under a heading, as cells; the first is the code without its backticks. */
function rowsUnder(part: keyof typeof HEADINGS, language: Language): string[][] {
  const heading = HEADINGS[part][language];
  const section =
    page('errors', language)
      .split(/^## /m)
      .find((text) => text.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `([a-z-]+)` \|(.*)\|$/gm)].map(([, code = '', rest = '']) => [
    code,
    ...rest.split('|').map((cell) => cell.trim()),
  ]);
}

const reasons = rowsUnder('reasons', 'en');

test.each(LANGUAGES)('every problem is documented with its status in %s, and no other', (language) => {
  const rows = rowsUnder('problems', language);
  expect(rows.map(([code, status]) => [code, Number(status)])).toEqual(
    Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]),
  );
  for (const [code, , meaning] of rows) expect(meaning, code).toMatch(SENTENCE[language]);
});

test('both languages document the same reasons with the same errcodes', () => {
  const codes = (language: Language) =>
    rowsUnder('reasons', language).map(([reason, errcodes, ends]) => [
      reason,
      errcodes?.replace('any other', '其他'),
      ends?.replaceAll(', ', '、'),
    ]);
  expect(codes('zh')).toEqual(codes('en'));
  for (const [reason, , , meaning] of rowsUnder('reasons', 'zh'))
    expect(meaning, reason).toMatch(SENTENCE.zh);
});

test('each reason names the errcodes that lead to it', () => {
  const documented = reasons.flatMap(([reason = '', codes = '']) =>
    /\d/.test(codes) ? codes.split(', ').map((code) => [Number(code), reason]) : [],
  );
  expect(documented.length).toBeGreaterThan(15);
  expect(documented).toEqual(documented.map(([code]) => [code, sendRule(Number(code)).class]));
});

test('no errcode with a rule of its own is left out', () => {
  const errcodes = Array.from({ length: 100_000 }, (_, index) => index - 1);
  const left = errcodes.filter((errcode) => {
    const { class: reason } = sendRule(errcode);
    const codes = reasons.find(([name]) => name === reason)?.[1]?.split(', ') ?? [];
    return reason !== 'unlisted' && !codes.includes(String(errcode));
  });
  expect(left).toEqual([]);
});

test('reasons of our own are documented too', () => {
  const own = {
    'grant-revoked': true,
    'no-answer': true,
    expired: true,
    collapsed: true,
    'no-grant': true,
    'not-reached': true,
    'turned-away': true,
    'sender-lost': true,
    'sending-stopped': true,
    'table-restored': true,
    'token-unavailable': true,
    'template-deleted': true,
  } satisfies Record<InternalReason, true>;
  const documented = reasons.flatMap(([reason, codes]) => (codes === '–' ? [reason] : []));
  expect(documented.toSorted()).toEqual(
    [...Object.keys(own), 'settled-by-hand', 'delivered', 'not-delivered'].toSorted(),
  );
});

test.each(LANGUAGES)('each reason of a card names the errcodes that lead to it, in %s', (language) => {
  const rows = page('cards', language).matchAll(/^\| `([a-z-]+)` \| ([-–\d, ]+) \| `(\w+)` \| (.*) \|$/gm);
  const documented = [...rows].flatMap(([, reason = '', codes = '', ends, meaning]) => {
    expect(meaning, reason).toMatch(SENTENCE[language]);
    return /\d/.test(codes) ? codes.split(', ').map((code) => [Number(code), reason, ends]) : [];
  });
  const told = documented.map(([code]) => {
    const { reason, ends } = cardRule(Number(code));
    return [code, reason, ends ?? (code === 0 ? 'active' : 'failed')];
  });
  expect(documented).toEqual(told);
  const errcodes = Array.from({ length: 1000 }, (_, index) => 85_000 + index);
  const left = errcodes.filter((errcode) => cardRule(errcode).reason !== 'unlisted');
  expect(documented.map(([code]) => code)).toEqual(expect.arrayContaining(left));
});
