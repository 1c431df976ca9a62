import { expect, test } from 'vitest';
import { fromAttributes, toAttributes } from '../../../lib/dynamodb/table.ts';

test('everything that an item of ours holds comes back as it was', () => {
  const item = {
    text: '订阅 \u{1F375}',
    number: -1.5,
    flags: [true, false, null],
    members: { nested: { deep: [{}] } },
    set: new Set(['a', 'b']),
  };
  expect(fromAttributes(toAttributes(item))).toEqual(item);
});

test('what is undefined is left out', () => {
  expect(toAttributes({ a: undefined, b: { c: undefined } })).toEqual({ b: { M: {} } });
});

test('a number that JavaScript does not hold exactly is never written', () => {
  expect(() => toAttributes({ bad: 2 ** 53 })).toThrow();
});
