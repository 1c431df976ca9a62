import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_PAGE_LENGTH, normalisePage, pageWarning } from '../../../lib/templates/page-path.ts';

test.each([
  ['pages/index/index', 'pages/index/index'],
  ['/pages/index', 'pages/index'],
  [' pages/index ', 'pages/index'],
  ['pages/index?', 'pages/index'],
  ['pages/index?a=1&b=2', 'pages/index?a=1&b=2'],
  ['pages/index?q=a b', 'pages/index?q=a%20b'],
  ['pages/index?q=订单', 'pages/index?q=%E8%AE%A2%E5%8D%95'],
  ['pages/index?q=%E8%AE%A2%e5%8d%95', 'pages/index?q=%E8%AE%A2%e5%8d%95'],
  ['pages/index?q=50%', 'pages/index?q=50%25'],
  ['pages/index?q=%zz', 'pages/index?q=%25zz'],
  ['pages/index?next=/pages/b?c=1', 'pages/index?next=/pages/b%3Fc=1'],
  ['pages/index?t=#1', 'pages/index?t=%231'],
  ['pages/index?q=🎉', 'pages/index?q=%F0%9F%8E%89'],
])('%j becomes %j', (page, expected) => {
  expect(normalisePage(page)).toBe(expected);
});

test.each([
  '',
  ' ',
  '/',
  '?a=1',
  'https://example.com/',
  'javascript:alert(1)',
  'a\u0000b',
  'x'.repeat(1025),
])('%j is no page', (page) => {
  expect(normalisePage(page)).toBeUndefined();
});

test('whatever is given: ASCII, no longer than allowed, and the same when done again', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.webUrl());
  fc.assert(
    fc.property(text, text, (path, query) => {
      const page = normalisePage(`${path}?${query}`);
      if (page === undefined) return;
      expect(page).toMatch(/^[\x21-\x7e]+$/);
      expect(page).not.toMatch(/^\/|%(?![0-9A-Fa-f]{2})|\?.*\?|#/);
      expect(page.length).toBeLessThanOrEqual(MAX_PAGE_LENGTH);
      expect(normalisePage(page)).toBe(page);
    }),
    { numRuns: 500, seed: 20261201 },
  );
});

test("values of the query come out on the phone's side as they went in", () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const page = normalisePage(`pages/index?q=${encodeURIComponent(value)}`) ?? '';
      expect(decodeURIComponent(page.slice('pages/index?q='.length))).toBe(value);
    }),
    { numRuns: 500, seed: 20261201 },
  );
});

test('a page is looked for without its query, and only where pages are listed', () => {
  const pages = ['pages/index'];
  expect(pageWarning('pages/index?a=1', pages)).toBeUndefined();
  expect(pageWarning('pages/other?a=1', undefined)).toBeUndefined();
  expect(pageWarning(undefined, pages)).toBeUndefined();
  expect(pageWarning('pages/other?a=1', pages)).toMatchObject({
    path: 'page',
    code: 'page-not-listed',
    en: expect.stringContaining('pages/other'),
    zh: expect.stringContaining('pages/other'),
  });
});
