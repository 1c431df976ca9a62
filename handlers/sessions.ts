import { createHttpHandler, type HttpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { sessionRoutes } from '../lib/api/routes/sessions.ts';
import { createHttpClient } from '../lib/http/http-client.ts';
import { openMetrics } from '../lib/runtime/emf-metrics.ts';
import { createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import { createSessionTokens } from '../lib/sessions/session-tokens.ts';
import type { Environment } from '../lib/settings/settings.ts';
import { code2Session } from '../lib/wechat/code-2-session.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

/** It has nothing to do with the table. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(env, ['app', 'wechat', 'sessions', 'metrics'], runtime);
  const apps = await stage.apps((settings, base, app) => {
    const { wechat, sessions } = settings;
    // code2Session carries the AppSecret, so it takes the proxy where there is one.
    const http = createHttpClient({
      baseUrl: wechat.apiBaseUrl,
      ...(wechat.proxyUrl !== undefined && { proxyUrl: wechat.proxyUrl }),
    });
    const credentials = { appId: app.appId, appSecret: wechat.appSecret ?? '' };
    const tokens = createSessionTokens({ ...sessions, clock: base.clock });
    return {
      codeToSession: (code: string) => code2Session(http, credentials, code),
      issue: (openid: string) => tokens.issue({ appid: app.appId, openid }),
      measure: openMetrics(settings, base, overrides, app),
      close: () => http.close(),
    };
  });
  return { logger: runtime.logger, apps, close: apps.close };
}

/** Trades login codes for session tokens. */
export function createHandler(services: HttpServices<Parameters<typeof sessionRoutes>[0]>) {
  return createHttpHandler(sessionRoutes, services);
}
