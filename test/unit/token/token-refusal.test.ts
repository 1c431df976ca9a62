import { expect, test } from 'vitest';
import { tokenRefusal } from '../../../lib/token/with-access-token.ts';

test.each([40001, 42001, 40014])('errcode %i refuses the access token', (errcode) => {
  expect(tokenRefusal({ errcode, errmsg: 'no', rid: 'r' })).toEqual({ errcode, errmsg: 'no', rid: 'r' });
  expect(tokenRefusal({ errcode })).toEqual({ errcode, errmsg: '' });
});

test.each([0, -1, 43101, 45009, undefined])('errcode %s says nothing of the access token', (errcode) => {
  expect(tokenRefusal({ ...(errcode !== undefined && { errcode }) })).toBeUndefined();
});
