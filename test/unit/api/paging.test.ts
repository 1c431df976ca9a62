import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from '../../../lib/api/paging.ts';

const position = v.strictObject({ after: v.string() });

describe('a cursor', () => {
  it('brings back the position that it was made of', () => {
    expect(decodeCursor(position, encodeCursor({ after: 'o-青鸟#1' }))).toEqual({ after: 'o-青鸟#1' });
  });

  it('needs no escaping in an address', () => {
    expect(encodeCursor({ after: '?>~ÿÿÿ' })).toMatch(/^[\w-]+$/);
  });

  it('that is absent means the first page', () => {
    expect(decodeCursor(position, undefined)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['no base64', '***'],
    ['no JSON', Buffer.from('{after').toString('base64url')],
    ['another list', encodeCursor({ page: 2 })],
    ['more than it should', encodeCursor({ after: 'a', pk: 'b' })],
  ])('made of %s is invalid-query', (_, cursor) => {
    expect(() => decodeCursor(position, cursor)).toThrow(
      expect.objectContaining({ code: 'invalid-query', statusCode: 422 }),
    );
  });
});
