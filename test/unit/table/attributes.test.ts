import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromAttributes, toAttributes } from '../../../lib/table/attributes.ts';

/** All that the table holds. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, min: -1e15, max: 1e15 }),
    fc.boolean(),
    fc.constant(null),
    fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 4 }).map((texts) => new Set(texts)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const item = fc.dictionary(fc.string(), value, { maxKeys: 6, noNullPrototype: true });

test('items are written and read as by the SDK', () => {
  fc.assert(
    fc.property(item, (given) => {
      const written = toAttributes(given);
      expect(written).toEqual(marshall(given));
      expect(fromAttributes(written)).toEqual(unmarshall(written));
    }),
  );
});

test('an item survives the way through JSON', () => {
  fc.assert(
    fc.property(item, (given) => {
      const sent = JSON.parse(JSON.stringify(toAttributes(given)));
      expect(fromAttributes(sent)).toEqual(fromAttributes(toAttributes(given)));
    }),
  );
});

test('what is undefined is left out, at any depth', () => {
  expect(toAttributes({ a: undefined, b: { c: undefined } })).toEqual({ b: { M: {} } });
});

test.each([
  ['not a number', Number.NaN],
  ['infinite', Number.POSITIVE_INFINITY],
  ['no exact number', 2 ** 53],
  ['a big integer', 1n],
  ['a function', () => 1],
  ['a date', new Date()],
  ['bytes', new Uint8Array(2)],
  ['an empty set', new Set()],
  ['a set of numbers', new Set([1])],
  ['a hole in a list', [undefined]],
])('%s cannot be written', (_name, bad) => {
  expect(() => toAttributes({ bad })).toThrow(TypeError);
});

test.each([
  ['binary', { B: new Uint8Array(1) }],
  ['a set of numbers', { NS: ['1'] }],
  ['a number that is not exact', { N: '9007199254740993' }],
])('%s cannot be read', (_name, bad) => {
  expect(() => fromAttributes({ bad })).toThrow(TypeError);
});
