import type { Send } from './api.js';
import { type SetTimer } from './patience.js';
import type { Wx } from './wx.js';
/** A user's session with the service. */
export interface Session {
    readonly token: string;
    /** RFC 3339; empty once the service has refused the session. */
    expiresAt: string;
    readonly openid: string;
}
/** The session, after logging in if there is none; one login at a time. @throws ServiceError */
export type Login = () => Promise<Session>;
/** Logs in once and keeps the session in the phone's storage under `key`. */
export declare function createLogin(wx: Wx, send: Send, key: string, now: () => number, setTimer: SetTimer, loginMs: number): Login;
