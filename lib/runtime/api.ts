import type { HttpServices } from '../api/http-handler.ts';
import { createSessionTokens } from '../sessions/session-tokens.ts';
import type { Settings } from '../settings/settings.ts';
import type { Runtime } from './runtime.ts';

export function httpServices(
  { app, sessions, apiKeys }: Pick<Settings, 'app' | 'sessions' | 'apiKeys'>,
  { clock, logger }: Runtime,
): Required<HttpServices> {
  return { logger, apiKeys, sessions: createSessionTokens({ ...sessions, appId: app.appId, clock }) };
}
