import { expect, test } from 'vitest';
import { templateView } from '../../../lib/api/views.ts';
import { withWarnings } from '../../../lib/templates/template-warnings.ts';
import { template } from '../../support/templates.ts';

function codesOf(...templates: Parameters<typeof withWarnings>[0]): string[][] {
  return withWarnings(templates).map(({ warnings }) => warnings.map(({ code }) => code));
}

test('a template in good order has no warning', () => {
  expect(codesOf(template())).toEqual([[]]);
});

test('two templates of one title warn of each other, and a removed one of neither', () => {
  const first = template({ templateId: 'a' });
  const second = template({ templateId: 'b' });
  expect(codesOf(first, second, template({ templateId: 'c', title: '另一个' }))).toEqual([
    ['same-title'],
    ['same-title'],
    [],
  ]);
  expect(codesOf(first, { ...second, removedAtMs: 5 })).toEqual([[], ['removed']]);
  expect(withWarnings([first, second])[0]?.warnings[0]?.en).toContain('(b)');
});

test('what could not be understood is said', () => {
  expect(codesOf(template({ type: 9 }))).toEqual([['unknown-kind']]);
  expect(codesOf(template({ content: '' }))).toEqual([['no-fields']]);
  expect(codesOf(template({ content: '甲:{{novelty1.DATA}}' }))).toEqual([['unknown-field-kind']]);
  expect(codesOf(template({ content: '甲:{{enum_string1.DATA}}' }))).toEqual([['values-not-listed']]);
});

test('the form that callers see has times as text and nothing of the inside', () => {
  const [listed] = withWarnings([{ ...template({}, Date.UTC(2026, 11, 1)), removedAtMs: 5 }]);
  expect(listed && templateView(listed, 'order-paid')).toMatchObject({
    templateId: 'order-paid-template',
    alias: 'order-paid',
    kind: 'one-time',
    fields: [{ key: 'thing1', label: '商品名称', rule: { en: expect.any(String) } }, {}, {}],
    warnings: [{ code: 'removed', en: expect.any(String), zh: expect.any(String) }],
    syncedAt: '2026-12-01T00:00:00.000Z',
  });
  expect(listed && Object.keys(templateView(listed, undefined))).not.toContain('removedAtMs');
});
