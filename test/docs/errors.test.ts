import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PROBLEMS } from '../../lib/api/problem.ts';
import type { OwnReason } from '../../lib/sends/own-outcome.ts';
import { cardRule } from '../../lib/wechat/errcodes/card-rules.ts';
import { sendRule } from '../../lib/wechat/errcodes.ts';

const document = readFileSync('docs/errors.md', 'utf8');

/** The rows of the table under a heading, as cells; the first is the code without its backticks. */
function rowsUnder(heading: string): string[][] {
  const section = document.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `([a-z-]+)` \|(.*)\|$/gm)].map(([, code = '', rest = '']) => [
    code,
    ...rest.split('|').map((cell) => cell.trim()),
  ]);
}

const reasons = rowsUnder('Why a message ended');

test('every problem is documented with its status, in both languages, and no other', () => {
  const rows = rowsUnder('Problems');
  expect(rows.map(([code, status]) => [code, Number(status)])).toEqual(
    Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]),
  );
  for (const [code, , en, zh] of rows) {
    expect(en, code).toMatch(/\S\.$/);
    expect(zh, code).toMatch(/\p{sc=Han}.*。$/u);
  }
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
  } satisfies Record<OwnReason, true>;
  const documented = reasons.flatMap(([reason, codes]) => (codes === '–' ? [reason] : []));
  expect(documented.toSorted()).toEqual(
    [...Object.keys(own), 'settled-by-hand', 'delivered', 'not-delivered'].toSorted(),
  );
});

test('each reason of a card names the errcodes that lead to it, in both languages', () => {
  const rows = readFileSync('docs/cards.md', 'utf8').matchAll(
    /^\| `([a-z-]+)` \| ([-–\d, ]+) \| `(\w+)` \| (.*) \| (.*) \|$/gm,
  );
  const documented = [...rows].flatMap(([, reason = '', codes = '', ends, en, zh]) => {
    expect(en, reason).toMatch(/\S\.$/);
    expect(zh, reason).toMatch(/\p{sc=Han}.*。$/u);
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
