import { createHttpHandler, type HttpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { sessionRoutes } from '../lib/api/routes/sessions.ts';
import { createHttpClient } from '../lib/http/http-client.ts';
import { fetchFromSsm } from '../lib/runtime/aws.ts';
import { openMetrics } from '../lib/runtime/emf-metrics.ts';
import { createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { createSessionTokens } from '../lib/sessions/session-tokens.ts';
import { type Environment, loadSecrets, readSettings } from '../lib/settings/settings.ts';
import { code2Session } from '../lib/wechat/code-2-session.ts';
import { remedyFor } from '../lib/wechat/errcodes.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

/** It has nothing to do with the table. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(env, ['WECHAT_APP_SECRET', 'SESSION_SECRET'], fetchFromSsm(env));
  const { app, wechat, sessions, metrics } = readSettings(secrets, ['app', 'wechat', 'sessions', 'metrics']);
  const runtime = createRuntime(overrides);
  const { clock, logger } = runtime;
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
    measure: openMetrics({ metrics }, runtime, overrides),
    remedyFor: (errcode: number, errmsg: string) => remedyFor(errcode, errmsg, 'login'),
    close: () => http.close(),
  };
}

type Services = Parameters<typeof sessionRoutes>[0] & HttpServices;

/** Trades login codes for session tokens. */
export function createHandler(services: Services) {
  return createHttpHandler(sessionRoutes(services), services);
}
