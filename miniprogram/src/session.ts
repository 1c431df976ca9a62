import { answerOf, type SetTimer } from './patience.ts';
import { noAnswer, refusal, type ServiceError } from './service-error.ts';
import type { Send } from './transport.ts';
import { having, textOf, tried } from './values.ts';
import type { Wx } from './wx.ts';

/** A user's session with the service. */
export interface Session {
  readonly token: string;
  /** RFC 3339; empty once the service has refused the session. */
  expiresAt: string;
  readonly openid: string;
}

/** The session, after logging in if there is none; one login at a time. @throws ServiceError */
export type Login = () => Promise<Session>;

const isSession = having<Session>('token');

/** What is so close to its end is renewed first. */
const MARGIN_MS = 60_000;

/** Logs in once and keeps the session in the phone's storage under `key`. */
export function createLogin(
  wx: Wx,
  send: Send,
  key: string,
  now: () => number,
  setTimer: SetTimer,
  loginMs: number,
): Login {
  let current: unknown = tried(() => wx.getStorageSync(key));
  let pending: Promise<Session> | undefined;

  const failed = (failure: unknown): never => {
    throw noAnswer('login-failed', failure);
  };
  const open = (): Promise<Session> =>
    answerOf<unknown>(setTimer, loginMs, (success, fail) => wx.login({ success, fail }))
      .then((given) => {
        const code = textOf(given, 'code');
        return code ? send({ method: 'POST', path: '/v1/sessions', body: { code } }) : failed(given);
      }, failed)
      .then((answer) => {
        const session = answer.body;
        if (!isSession(session)) throw refusal(answer);
        current = session;
        tried(() => wx.setStorageSync(key, session));
        return session;
      });

  return () => {
    if (isSession(current) && Date.parse(current.expiresAt) - MARGIN_MS > now()) {
      return Promise.resolve(current);
    }
    if (!pending) {
      const done = (): void => {
        pending = undefined;
      };
      // WeChat refuses a first code now and then, and takes the next one (WeChat contract §7.3).
      pending = open().catch((error: ServiceError) => {
        if (error.status !== 401) throw error;
        return open();
      });
      pending.then(done, done);
    }
    return pending;
  };
}
