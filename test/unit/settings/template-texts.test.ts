import { expect, test } from 'vitest';
import { readSettings, SettingsError } from '../../../lib/settings/settings.ts';

const templates = (env: Record<string, string>) => readSettings(env, ['templates']).templates;

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    templates(env);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

test.each([
  'order-shipped=id_1, price-drop = id-2',
  '{"order-shipped": "id_1", "price-drop": "id-2"}',
  ' {"order-shipped":"id_1","price-drop":"id-2"}\n',
  'order-shipped=id_1,,price-drop=id-2,',
])('TEMPLATE_ALIASES may be %j', (text) => {
  const { aliases } = templates({ TEMPLATE_ALIASES: text });
  expect(aliases).toEqual({ 'order-shipped': 'id_1', 'price-drop': 'id-2' });
});

test.each([
  'order-shipped',
  'order-shipped=',
  '=id',
  'a=b=c',
  'a=1,a=2',
  '1st=id',
  '订单=id',
  `${'x'.repeat(41)}=id`,
  'a=an id',
  '{"a": 1}',
  '{"a": ',
  '["a"]',
])('TEMPLATE_ALIASES cannot be %j; the value is not told', (text) => {
  const [problem = ''] = problemsOf({ TEMPLATE_ALIASES: text });
  expect(problem).toMatch(/^TEMPLATE_ALIASES.*name=id pairs/);
  expect(problem.split('Expected')[0]).not.toContain(text);
});

test('APP_PAGES is a list of pages, without leading slashes', () => {
  expect(templates({ APP_PAGES: 'pages/index/index, /pages/order/detail,' }).pages).toEqual([
    'pages/index/index',
    'pages/order/detail',
  ]);
  expect(templates({ APP_PAGES: '' }).pages).toBeUndefined();
  expect(problemsOf({ APP_PAGES: 'pages/index?a=1' })).toEqual([
    expect.stringMatching(/^APP_PAGES: Expected/),
  ]);
});
