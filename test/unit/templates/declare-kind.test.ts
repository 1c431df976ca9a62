import { expect, test } from 'vitest';
import type { TemplateKind } from '../../../lib/grants/ledger.ts';
import { parseTemplate } from '../../../lib/templates/parse-template.ts';
import { declareKind, templateKindOf } from '../../../lib/templates/template.ts';

const listedAs = (type: number) =>
  parseTemplate({ templateId: 't', title: 't', content: '', example: '', type }, 0);

async function declared(type: number, kind: TemplateKind) {
  const kinds: (TemplateKind | undefined)[] = [];
  const store = { declareKind: async (_id: string, as: TemplateKind | undefined) => void kinds.push(as) };
  const { type: result } = await declareKind(store, listedAs(type), kind);
  return [result, ...kinds];
}

test.each(['limited', 'device'] as const)(
  'a template that WeChat lists as long-term can be declared %s',
  async (kind) => {
    expect(await declared(3, kind)).toEqual(['declared', kind]);
    expect(templateKindOf({ ...listedAs(3), declaredKind: kind })).toBe(kind);
  },
);

test("WeChat's own kind takes the declaration back", async () => {
  expect(await declared(3, 'long-term')).toEqual(['declared', undefined]);
  expect(await declared(2, 'one-time')).toEqual(['declared', undefined]);
});

test('what WeChat leaves no doubt about cannot be declared otherwise', async () => {
  expect(await declared(2, 'limited')).toEqual(['contradicted']);
  expect(await declared(2, 'device')).toEqual(['contradicted']);
  expect(await declared(3, 'one-time')).toEqual(['contradicted']);
});

test('a kind that WeChat numbers anew can be declared as any', async () => {
  for (const kind of ['one-time', 'long-term', 'limited', 'device'] as const) {
    expect(await declared(7, kind)).toEqual(['declared', kind]);
  }
});
