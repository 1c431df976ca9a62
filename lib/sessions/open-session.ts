import type { Measure } from '../metrics.ts';
import { type LoginRefusal, loginRefusal } from './login-refusal.ts';
import type { IssuedSession, SessionTokens } from './session-tokens.ts';

/** Asks WeChat whose login code this is (WeChat contract §1.1). Rejects with what {@link loginRefusal} knows. */
export type CodeToSession = (code: string) => Promise<{ readonly openid: string; readonly unionid?: string }>;

export interface LoginServices {
  readonly codeToSession: CodeToSession;
  readonly tokens: Pick<SessionTokens, 'issue'>;
  readonly measure: Measure;
}

/** An open session, or why there is none. */
export type LoginResult =
  | ({ readonly type: 'opened'; readonly openid: string; readonly unionid?: string } & IssuedSession)
  | LoginRefusal;

/** Trades a login code for a session. The code is never tried twice: WeChat takes each once. */
export async function openSession(services: LoginServices, code: string): Promise<LoginResult> {
  const user = await userOf(services.codeToSession, code);
  if ('type' in user) {
    if (user.type === 'wechat-credentials') {
      const dimensions = { Errcode: String(user.wechat.errcode) };
      services.measure({ name: 'LoginsRefused', values: [1], dimensions });
    }
    return user;
  }
  return { type: 'opened', ...user, ...(await services.tokens.issue(user.openid)) };
}

async function userOf(codeToSession: CodeToSession, code: string) {
  try {
    const { openid, unionid } = await codeToSession(code);
    return { openid, ...(unionid === undefined ? {} : { unionid }) };
  } catch (error) {
    const refusal = loginRefusal(error);
    if (refusal) return refusal;
    throw error;
  }
}
