import * as v from 'valibot';
import type { HttpClient } from '../http/http-client.ts';
import { expectResult } from './read-answer.ts';

/** What WeChat knows the mini program by. */
export interface AppCredentials {
  readonly appId: string;
  readonly appSecret: string;
}

/** Which of the two endpoints is asked; they keep separate tokens (WeChat contract §2.1). */
interface FetchTokenOptions {
  readonly mode: 'stable' | 'plain';
  /** Only `stable` knows it: kills the present token, at most 20 times a day. */
  readonly forceRefresh: boolean;
}

/** A token as WeChat hands it out. */
interface FetchedToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
}

const token = v.pipe(
  v.object({
    access_token: v.pipe(v.string(), v.minLength(1)),
    expires_in: v.pipe(
      v.union([v.number(), v.pipe(v.string(), v.transform(Number))]),
      v.integer(),
      v.minValue(1),
    ),
  }),
  v.transform((wire) => ({ accessToken: wire.access_token, expiresInSeconds: wire.expires_in })),
);

/** Fetches an access token (WeChat contract §2.1). @throws WeChatError */
export async function fetchAccessToken(
  http: HttpClient,
  credentials: AppCredentials,
  { mode, forceRefresh }: FetchTokenOptions,
): Promise<FetchedToken> {
  const parameters = {
    grant_type: 'client_credential',
    appid: credentials.appId,
    secret: credentials.appSecret,
  };
  const answer =
    mode === 'plain'
      ? await http.request({ method: 'GET', path: '/cgi-bin/token', query: parameters })
      : await http.request({
          method: 'POST',
          path: '/cgi-bin/stable_token',
          body: JSON.stringify({ ...parameters, force_refresh: forceRefresh }),
        });
  return expectResult(mode === 'plain' ? 'token' : 'stable_token', token, answer);
}
