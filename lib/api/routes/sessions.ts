import type { LoginRefusal } from '../../sessions/login-refusal.ts';
import { type LoginServices, openSession } from '../../sessions/open-session.ts';
import { ProblemError, type ProblemExtras } from '../problem.ts';
import { type Route, route, routeSpec } from '../route.ts';
import { toRfc3339 } from '../schemas/common.ts';
import { loginBody, session } from '../schemas/sessions.ts';

/** What to do about an answer of WeChat's to a login. */
type LoginRemedy = (errcode: number, errmsg: string) => { readonly en: string; readonly zh: string };

/** What these routes do their work with. */
export interface SessionRouteServices extends LoginServices {
  readonly remedyFor: LoginRemedy;
}

/** The form of `POST /v1/sessions`. */
export const openSessionSpec = routeSpec({
  method: 'POST',
  path: '/v1/sessions',
  operationId: 'openSession',
  summary: 'Trade a login code for a session token',
  description: 'Call wx.login, send its code here, keep the token until it expires or is refused with 401.',
  access: { anyone: true },
  body: loginBody,
  maxBodyBytes: 4096,
  answers: { 201: { description: 'The session', schema: session } },
  problems: [
    'code-invalid',
    'user-blocked',
    'rate-limited',
    'wechat-credentials',
    'wechat-refused',
    'wechat-unavailable',
  ],
});

/** The routes of `/v1/sessions`. */
export function sessionRoutes(services: SessionRouteServices): readonly Route[] {
  return [
    route(openSessionSpec, async ({ body }) => {
      const result = await openSession(services, body.code);
      if (result.type !== 'opened') throw loginProblem(result, services.remedyFor);
      const { type: _, expiresAtMs, ...opened } = result;
      return { status: 201, body: { ...opened, expiresAt: toRfc3339(expiresAtMs) } };
    }),
  ];
}

/** WeChat counts logins by the minute (WeChat contract §1.1, 45011). */
const RATE_WINDOW_SECONDS = 60;

const CALL_LOGIN_AGAIN = 'Call wx.login again and send the new code.';

function loginProblem(refusal: LoginRefusal, remedyFor: LoginRemedy): ProblemError {
  if (refusal.type === 'wechat-unreachable') {
    return new ProblemError('wechat-unavailable', unreachableDetail(refusal.codeSpent));
  }
  const { wechat } = refusal;
  const extras: ProblemExtras = { wechat, remedy: remedyFor(wechat.errcode, wechat.errmsg) };
  switch (refusal.type) {
    case 'code-invalid':
      return new ProblemError('code-invalid', `WeChat does not take this code. ${CALL_LOGIN_AGAIN}`, {
        ...extras,
        headers: { 'www-authenticate': 'Bearer' },
      });
    case 'user-blocked':
      return new ProblemError(
        'user-blocked',
        'WeChat holds this user for a risk and lets them not log in.',
        extras,
      );
    case 'rate-limited':
      return new ProblemError(
        'rate-limited',
        'This user logs in too often. Wait a minute, then call wx.login again.',
        {
          ...extras,
          headers: { 'retry-after': String(RATE_WINDOW_SECONDS) },
        },
      );
    case 'wechat-credentials':
      return new ProblemError(
        'wechat-credentials',
        'The owner of this service must correct its appid, AppSecret or IP allow-list.',
        extras,
      );
    case 'wechat-busy':
      return new ProblemError('wechat-unavailable', `WeChat is busy. ${CALL_LOGIN_AGAIN}`, extras);
    case 'wechat-refused':
      return new ProblemError('wechat-refused', `WeChat refused the login. ${CALL_LOGIN_AGAIN}`, extras);
  }
}

function unreachableDetail(codeSpent: boolean): string {
  return codeSpent
    ? `WeChat gave no readable answer, and the code may be used up. ${CALL_LOGIN_AGAIN}`
    : 'WeChat was not reached, and the code is unused. Send it again within its five minutes, or call wx.login again.';
}
