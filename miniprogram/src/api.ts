import { answerOf, type SetTimer } from './patience.ts';
import { noAnswer, refusal } from './service-error.ts';
import type { Session } from './session.ts';
import type { ApiAnswer, ApiRequest, Send, Transport } from './transport.ts';
import { assign, memberOf } from './values.ts';

/** A request, made with the session where there is one. */
export type MakeRequest = (session: Session | undefined) => ApiRequest;

/** Calls as the user and gives whatever was answered. @throws ServiceError when nobody could be asked. */
export type Call = (request: MakeRequest) => Promise<ApiAnswer>;

/** Calls as the user and gives the body of the service's success, known by `isBody`. @throws ServiceError */
export type Api = <T>(request: MakeRequest, isBody: (body: unknown) => body is T) => Promise<T>;

/** Sends through a transport of the owner's, which may answer with anything or never. */
export function createSend(transport: Transport, setTimer: SetTimer, requestMs: number): Send {
  return (request) =>
    answerOf<unknown>(setTimer, requestMs, (success, fail) =>
      Promise.resolve(transport.send(request)).then(success, fail),
    ).then(
      (answer) => ({ status: Number(memberOf(answer, 'status')) || 0, body: memberOf(answer, 'body') }),
      (cause) => {
        throw noAnswer('offline', cause);
      },
    );
}

/** Calls with a session and, should it be refused, once more with a new one. */
export function createCall(send: Send, login: () => Promise<Session | undefined>): Call {
  const call = (request: MakeRequest, isRetry?: boolean): Promise<ApiAnswer> =>
    login().then((session) =>
      send(assign(request(session), session && { token: session.token })).then((answer) => {
        if (!session || isRetry || answer.status !== 401) return answer;
        session.expiresAt = '';
        return call(request, true);
      }),
    );
  return call;
}

/** Tells the service's success from its refusals and from what others answered in its place. */
export function createApi(call: Call): Api {
  return (request, isBody) =>
    call(request).then((answer) => {
      if (answer.status < 300 && isBody(answer.body)) return answer.body;
      throw refusal(answer);
    });
}
