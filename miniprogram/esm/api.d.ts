import { type SetTimer } from './patience.js';
import type { Session } from './session.js';
import type { ApiAnswer, ApiRequest, Transport } from './transport.js';
/** Sends one request. What comes back may be anyone's answer. @throws ServiceError when none came. */
export type Send = (request: ApiRequest) => Promise<ApiAnswer>;
/** A request, made with the session where there is one. */
export type MakeRequest = (session: Session | undefined) => ApiRequest;
/** Calls as the user and gives whatever was answered. @throws ServiceError when nobody could be asked. */
export type Call = (request: MakeRequest) => Promise<ApiAnswer>;
/** Calls as the user and gives the body of the service's success, known by `isBody`. @throws ServiceError */
export type Api = <T>(request: MakeRequest, isBody: (body: unknown) => body is T) => Promise<T>;
/** Sends through a transport of the owner's, which may answer with anything or never. */
export declare function createSend(transport: Transport, setTimer: SetTimer, requestMs: number): Send;
/** Calls with a session and, should it be refused, once more with a new one. */
export declare function createCall(send: Send, login: () => Promise<Session | undefined>): Call;
/** Tells the service's success from its refusals and from what others answered in its place. */
export declare function createApi(call: Call): Api;
