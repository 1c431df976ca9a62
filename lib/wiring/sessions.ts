import { createHttpClient } from '../http/http-client.ts';
import { loadSecrets } from '../secrets.ts';
import { createSessionTokens } from '../sessions/session-tokens.ts';
import { readSettings } from '../settings.ts';
import { code2Session } from '../wechat/code-2-session.ts';
import { remedyFor } from '../wechat/errcodes.ts';
import { fetchFromSsm } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';

/** What the function that logs users in needs. It has nothing to do with the table. */
export async function wireSessions(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(env, ['WECHAT_APP_SECRET', 'SESSION_SECRET'], fetchFromSsm(env));
  const { app, wechat, sessions } = readSettings(secrets, ['app', 'wechat', 'sessions']);
  const { clock, logger } = foundation(overrides);
  // code2Session carries the AppSecret, so it takes the proxy where there is one.
  const http = createHttpClient({
    baseUrl: wechat.apiBaseUrl,
    ...(wechat.proxyUrl !== undefined && { proxyUrl: wechat.proxyUrl }),
  });
  const credentials = { appId: app.appId, appSecret: wechat.appSecret };
  return {
    logger,
    codeToSession: (code: string) => code2Session(http, credentials, code),
    tokens: createSessionTokens({ ...sessions, appId: app.appId, clock }),
    remedyFor: (errcode: number, errmsg: string) => remedyFor(errcode, errmsg, 'login'),
    close: () => http.close(),
  };
}
