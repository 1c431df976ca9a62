import { expect, it } from 'vitest';
import { canonicalJson } from '../../../lib/api/body-hash.ts';

it('is the same for equal values, whatever the order of their members', () => {
  const a = { b: 1, a: { d: [{ f: 1, e: 2 }], c: null } };
  const b = { a: { c: null, d: [{ e: 2, f: 1 }] }, b: 1 };
  expect(canonicalJson(a)).toBe(canonicalJson(b));
});

it('tells different values apart, and lists by their order', () => {
  const texts = [{ a: 1 }, { a: '1' }, [1, 2], [2, 1], {}, [], null, { a: undefined, b: 1 }].map(
    canonicalJson,
  );
  expect(new Set(texts).size).toBe(texts.length);
});

it('can be read back', () => {
  const value = { b: ['青', { z: 1, y: [] }], a: null };
  expect(JSON.parse(canonicalJson(value))).toEqual(value);
});
