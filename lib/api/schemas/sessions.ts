import * as v from 'valibot';
import { rfc3339 } from './common.ts';
import { RULES } from './rules.ts';

/** The body of `POST /v1/sessions`. */
export const loginBody = v.strictObject({
  code: v.pipe(
    v.string(),
    v.regex(/^[\x21-\x7e]{1,256}$/, RULES.loginCode),
    v.description('The code from `wx.login`: good for five minutes and one use.'),
  ),
  errMsg: v.exactOptional(
    v.pipe(v.unknown(), v.description('Ignored: the whole result of `wx.login` will do.')),
  ),
});

/** A user's session. */
export const session = v.object({
  token: v.pipe(v.string(), v.description('Send it as `authorization: Bearer <token>`.')),
  expiresAt: rfc3339,
  openid: v.string(),
  unionid: v.exactOptional(
    v.pipe(v.string(), v.description('If the mini program is bound to an Open Platform account.')),
  ),
});
