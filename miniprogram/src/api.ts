import { isServiceError, noAnswer, refusal } from './service-error.ts';
import type { Session, Sessions } from './session.ts';
import type { ApiRequest, Transport } from './transport.ts';
import { merge } from './values.ts';

/**
 * Calls the service as the user and gives the body of its success. The request is made with the session, where there is
 * one. @throws ServiceError
 */
export type Api = (request: (session: Session | undefined) => ApiRequest) => Promise<unknown>;

/** Calls with a session and, should the service refuse it, once more with a new one. */
export function createApi(transport: Transport, login: Sessions['login'], forget: Sessions['forget']): Api {
  const attempt = (request: Parameters<Api>[0], logins: number): Promise<unknown> =>
    login().then((session) =>
      transport
        .send(session ? merge(request(session), { token: session.token }) : request(session))
        .then((answer) => {
          if (answer.status < 300) return answer.body;
          if (session && answer.status === 401) {
            forget(session);
            if (logins > 0) return attempt(request, logins - 1);
          }
          throw refusal(answer);
        }),
    );

  return (request) =>
    attempt(request, 1).then(null, (cause) => {
      throw isServiceError(cause) ? cause : noAnswer('offline', cause);
    });
}
