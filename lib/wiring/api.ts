import type { HttpServices } from '../api/http-handler.ts';
import { createSessionTokens } from '../sessions/session-tokens.ts';
import type { Settings } from '../settings.ts';
import type { Foundation } from './foundation.ts';

/** What every HTTP function that knows its callers needs. */
export function httpServices(
  { app, sessions, apiKeys }: Pick<Settings, 'app' | 'sessions' | 'apiKeys'>,
  { clock, logger }: Foundation,
): Required<HttpServices> {
  return { logger, apiKeys, sessions: createSessionTokens({ ...sessions, appId: app.appId, clock }) };
}
