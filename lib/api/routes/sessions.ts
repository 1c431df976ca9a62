import * as v from 'valibot';
import { type LoginRefusal, type LoginServices, openSession } from '../../sessions/open-session.ts';
import { remedyFor } from '../../wechat/errcodes.ts';
import { ProblemError } from '../problem.ts';
import { describeRoutes, type Route, route } from '../route.ts';
import { rfc3339, toRfc3339 } from '../schemas/common.ts';
import { ERROR_MESSAGES } from '../schemas/error-messages.ts';
import { WECHAT_PROBLEMS } from '../template-problems.ts';

/** The body of `POST /v1/sessions`. */
export const loginBody = v.strictObject({
  code: v.pipe(
    v.string(),
    v.regex(/^[\x21-\x7e]{1,256}$/, ERROR_MESSAGES.loginCode),
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

/** The routes of `/v1/sessions` as data. */
export const sessionSpecs = describeRoutes({
  openSession: {
    route: 'POST /v1/sessions',
    summary: 'Trade a login code for a session token',
    description: 'Call wx.login, send its code here, keep the token until it expires or is refused with 401.',
    access: { anyone: true },
    body: loginBody,
    maxBodyBytes: 4096,
    answers: { 201: { description: 'The session', schema: session } },
    problems: ['code-invalid', 'user-blocked', 'rate-limited', 'wechat-credentials', ...WECHAT_PROBLEMS],
  },
});

/** The route of `/v1/sessions`. */
export function sessionRoutes(services: LoginServices): readonly Route[] {
  return [
    route(sessionSpecs.openSession, async ({ body }) => {
      const result = await openSession(services, body.code);
      if (result.type !== 'opened') throw loginProblem(result);
      const { type: _, expiresAtMs, ...opened } = result;
      return { status: 201, body: { ...opened, expiresAt: toRfc3339(expiresAtMs) } };
    }),
  ];
}

/** WeChat counts logins by the minute (WeChat contract §1.1, 45011). */
const RATE_WINDOW_SECONDS = '60';

const CALL_LOGIN_AGAIN = 'Call wx.login again and send the new code.';

function loginProblem(refusal: LoginRefusal): ProblemError {
  if (refusal.type === 'wechat-unreachable') {
    const detail = refusal.codeSpent
      ? `WeChat gave no readable answer, and the code may be used up. ${CALL_LOGIN_AGAIN}`
      : 'WeChat was not reached, and the code is unused. Send it again within its five minutes, or call wx.login again.';
    return new ProblemError('wechat-unavailable', detail);
  }
  const { type, wechat } = refusal;
  const extras = { wechat, remedy: remedyFor(wechat.errcode, wechat.errmsg, 'login') };
  switch (type) {
    case 'code-invalid':
      return new ProblemError(type, `WeChat does not take this code. ${CALL_LOGIN_AGAIN}`, {
        ...extras,
        headers: { 'www-authenticate': 'Bearer' },
      });
    case 'user-blocked':
      return new ProblemError(type, 'WeChat holds this user for a risk and lets them not log in.', extras);
    case 'rate-limited':
      return new ProblemError(type, 'This user logs in too often. Wait a minute, then call wx.login again.', {
        ...extras,
        headers: { 'retry-after': RATE_WINDOW_SECONDS },
      });
    case 'wechat-credentials':
      return new ProblemError(
        type,
        'The owner of this service must correct its appid, AppSecret or IP allow-list.',
        extras,
      );
    case 'wechat-busy':
      return new ProblemError('wechat-unavailable', `WeChat is busy. ${CALL_LOGIN_AGAIN}`, extras);
    case 'wechat-refused':
      return new ProblemError(type, `WeChat refused the login. ${CALL_LOGIN_AGAIN}`, extras);
  }
}
