import { noAnswer, refusal } from './service-error.ts';
import { keptUnder } from './storage.ts';
import type { Transport } from './transport.ts';
import { having, promised, textOf } from './values.ts';
import type { Wx, WxLoginAnswer } from './wx.ts';

/** A user's session with the service. */
export interface Session {
  readonly token: string;
  /** RFC 3339. */
  readonly expiresAt: string;
  readonly openid: string;
}

/** Keeps the user logged in. */
export interface Sessions {
  /** The session, after logging in if there is none; one login at a time. Undefined where none is needed. @throws ServiceError */
  login(): Promise<Session | undefined>;
  /** Uses a session that the service refused no more, unless another has taken its place already. */
  forget(refused: Session): void;
}

const isSession = having<Session>('token');

/** What is so close to its end is renewed first. */
const MARGIN_MS = 60_000;

/** Keeps a session in the phone's storage under `key`. */
export function createSessions(wx: Wx, transport: Transport, key: string, now: () => number): Sessions {
  const kept = keptUnder(wx, key);
  let current: unknown = kept.read();
  let pending: Promise<Session> | undefined;

  const open = (): Promise<Session> =>
    promised<WxLoginAnswer>((callbacks) => wx.login(callbacks))
      .then(null, (failure) => {
        throw noAnswer('login-failed', failure);
      })
      .then(({ code }) => transport.send({ method: 'POST', path: '/v1/sessions', body: { code } }))
      .then((answer) => {
        if (!isSession(answer.body)) throw refusal(answer);
        current = answer.body;
        kept.write(current);
        return answer.body;
      });

  return {
    login() {
      if (!transport.sessions) return Promise.resolve(undefined);
      if (isSession(current) && Date.parse(current.expiresAt) - MARGIN_MS > now()) {
        return Promise.resolve(current);
      }
      if (!pending) {
        const done = (): void => {
          pending = undefined;
        };
        pending = open();
        pending.then(done, done);
      }
      return pending;
    },
    forget(refused) {
      if (textOf(current, 'token') === refused.token) current = undefined;
    },
  };
}
