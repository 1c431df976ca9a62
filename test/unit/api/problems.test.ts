import type * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { PROBLEMS, type ProblemCode, ProblemError } from '../../../lib/api/problem.ts';
import { routeSpecs } from '../../../lib/api/routes/index.ts';
import { bodyComponents } from '../../../local/openapi/components.ts';

const ENGLISH = /^[^\p{sc=Han}]*\w{3}[^\p{sc=Han}]*\.$/u;
const CHINESE = /\p{sc=Han}[\s\S]*。$/u;
const codes = Object.keys(PROBLEMS) as ProblemCode[];

describe('every problem has a remedy in both languages', () => {
  it.each(codes)('%s', (code) => {
    const problem = new ProblemError(code, 'Anything.').toProblem();
    expect(problem).toMatchObject({ code, title: PROBLEMS[code].title, status: PROBLEMS[code].status });
    expect(problem.remedy.en).toMatch(ENGLISH);
    expect(problem.remedy.zh).toMatch(CHINESE);
  });

  it('and answers a better one where it knows more than its code tells', () => {
    const remedy = { en: 'Add the address.', zh: '加入白名单。' };
    expect(new ProblemError('wechat-refused', 'No.', { remedy }).toProblem().remedy).toEqual(remedy);
  });
});

/** Every text that a schema holds for the breach of a rule, wherever it stands in it. */
function rulesIn(node: unknown, seen = new Set<unknown>()): string[] {
  if (typeof node !== 'object' || node === null || seen.has(node)) return [];
  seen.add(node);
  const { message } = node as { message?: unknown };
  const own = 'kind' in node && message !== undefined ? [sayingOf(message)] : [];
  return [...own, ...Object.values(node).flatMap((part) => rulesIn(part, seen))];
}

const sayingOf = (message: unknown) =>
  typeof message === 'function' ? message({ input: 'x', expected: null }) : String(message);

describe('every rule of an input is answered in both languages', () => {
  const parts = routeSpecs.flatMap(({ operationId, body, query, headers }) =>
    Object.entries({ body, query, headers }).flatMap(([part, schema]): [string, v.GenericSchema][] =>
      schema ? [[`${operationId}: ${part}`, schema]] : [],
    ),
  );
  const schemas: [string, unknown][] = [...parts, ...Object.entries(bodyComponents)];

  it('among them more than twenty in words of ours', () => {
    expect(new Set(schemas.flatMap(([, schema]) => rulesIn(schema))).size).toBeGreaterThan(20);
  });

  it.each(schemas)('%s', (_, schema) => {
    for (const rule of rulesIn(schema)) {
      const [en = '', zh = '', ...more] = rule.split('\n');
      expect(en).toMatch(/^[^\p{sc=Han}]+$/u);
      expect(zh).toMatch(/\p{sc=Han}/u);
      expect(more).toEqual([]);
    }
  });
});
