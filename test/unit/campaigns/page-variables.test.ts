import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillPage, readPage, variablesInPage } from '../../../lib/campaigns/variables.ts';
import { normalisePage } from '../../../lib/templates/page-path.ts';

describe('a page is stored with its variables readable', () => {
  test.each([
    ['pages/order?id={{id}}', 'pages/order?id={{id}}'],
    ['/pages/order?id={{ id }}', 'pages/order?id={{id}}'],
    ['pages/order?名={{姓名}}', 'pages/order?%E5%90%8D={{姓名}}'],
    ['pages/{{kind}}/detail', 'pages/{{kind}}/detail'],
    ['{{page}}', '{{page}}'],
    ['{{page}}?from=card', '{{page}}?from=card'],
    ['pages/order?id=%7B%7Bid%7D%7D', 'pages/order?id={{id}}'],
    ['pages/order?id=%7b%7b%E5%A7%93%E5%90%8D%7d%7d', 'pages/order?id={{姓名}}'],
    ['pages/order?id={{id}}{{id}}', 'pages/order?id={{id}}{{id}}'],
    ['pages/order?id={{{id}}}', 'pages/order?id=%7B{{id}}%7D'],
    ['pages/order?id={id}', 'pages/order?id=%7Bid%7D'],
    ['pages/order?id={{1x}}', 'pages/order?id=%7B%7B1x%7D%7D'],
    ['pages/order?id=%7B%7B%FF%7D%7D', 'pages/order?id=%7B%7B%FF%7D%7D'],
    ['pages/order?id=7', 'pages/order?id=7'],
  ])('%j as %j', (given, stored) => {
    expect(readPage(given)).toBe(stored);
    expect(readPage(stored)).toBe(stored);
  });

  test.each(['https://example.com/{{id}}', '', '?id={{id}}', 'pages/a\nb?id={{id}}'])(
    'but not %j',
    (given) => {
      expect(readPage(given)).toBeUndefined();
    },
  );

  test('up to the length that is left when the variables are short', () => {
    const room = 1024 - 'pages/a?n='.length;
    expect(readPage(`pages/a?n={{${'n'.repeat(60)}}}${'x'.repeat(room - 1)}`)).toBeDefined();
    expect(readPage(`pages/a?n={{n}}${'x'.repeat(room)}`)).toBeUndefined();
  });
});

describe('a variable is filled in percent-encoded', () => {
  test.each([
    ['pages/order?id={{id}}', { id: 'A 7' }, 'pages/order?id=A%207'],
    [
      'pages/order?n={{n}}',
      { n: '小明&admin=1#x?y=z+' },
      'pages/order?n=%E5%B0%8F%E6%98%8E%26admin%3D1%23x%3Fy%3Dz%2B',
    ],
    ['pages/order?n={{n}}', { n: 'a/b' }, 'pages/order?n=a%2Fb'],
    ['pages/order?n={{n}}', { n: 'a%20b' }, 'pages/order?n=a%2520b'],
    ['pages/order?n={{n}}', { n: '' }, 'pages/order?n='],
    ['pages/order?n={{n}}', { n: '{{id}}', id: '7' }, 'pages/order?n=%7B%7Bid%7D%7D'],
    ['pages/order?n={{n}}', { n: '第一行\n第二行' }, `pages/order?n=${encodeURIComponent('第一行\n第二行')}`],
    ['pages/order?n={{n}}', { n: '\ud83c' }, 'pages/order?n=%EF%BF%BD'],
    ['pages/order?id={{id}}&again={{id}}', { id: '7' }, 'pages/order?id=7&again=7'],
    ['pages/order?{{key}}={{id}}', { key: '键', id: '7' }, 'pages/order?%E9%94%AE=7'],
    ['pages/{{kind}}/detail?id={{id}}', { kind: '订单', id: '7' }, 'pages/%E8%AE%A2%E5%8D%95/detail?id=7'],
    ['{{page}}?id={{id}}', { page: '/pages/order/detail', id: '7' }, 'pages/order/detail?id=7'],
    ['pages/order?id={{姓名}}', { 姓名: '小明' }, 'pages/order?id=%E5%B0%8F%E6%98%8E'],
    ['pages/order?id=%7B%7Bid%7D%7D', { id: '7' }, 'pages/order?id=7'],
    ['pages/order?id=7', {}, 'pages/order?id=7'],
  ])('%j with %j is %j', (page, variables, filled) => {
    expect(fillPage(page, variables)).toBe(filled);
  });

  test.each([
    ['{{page}}', { page: '' }],
    ['{{page}}', { page: 'https://example.com' }],
    ['pages/{{kind}}', { kind: 'a\nb' }],
    ['pages/order?n={{n}}', { n: '名'.repeat(200) }],
  ])('%j with %j is no page', (page, variables) => {
    expect(fillPage(page, variables)).toBeUndefined();
  });

  test('and comes out as the mini program gave it, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (n) => {
        const filled = fillPage('pages/order?n={{n}}&x=1', { n });
        expect(filled).toBe(normalisePage(filled ?? ''));
        const query = (filled ?? '').slice('pages/order?'.length).split('&');
        expect(query.map((each) => decodeURIComponent(each.split('=')[1] ?? ''))).toEqual([n, '1']);
      }),
    );
  });
});

test('the variables of a page are those of path and query', () => {
  expect(variablesInPage('pages/{{kind}}?id={{id}}&again={{ id }}&%7B%7Bold%7D%7D')).toEqual([
    'kind',
    'id',
    'old',
  ]);
  expect(variablesInPage(undefined)).toEqual([]);
});
