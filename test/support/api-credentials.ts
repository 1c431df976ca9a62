import { createHash } from 'node:crypto';
import { createSessionTokens } from '../../lib/sessions/session-tokens.ts';
import { UnknownAppError } from '../../lib/settings/apps.ts';
import type { ApiKey, Scope } from '../../lib/settings/setting-values.ts';

export const APP_ID = 'wx0123456789abcdef';
export const NOW_MS = Date.parse('2026-12-01T01:00:00.000Z');
export const SESSION_SECRET = 'a secret of the tests, 32 bytes or more';

/** An API key as the settings hold it, for a plain key. */
export function apiKey(plain: string, ...scopes: Scope[]): ApiKey {
  return {
    name: `key-of-${scopes.join('-')}`,
    sha256: createHash('sha256').update(plain).digest('hex'),
    scopes,
  };
}

/** Session tokens of the tests' mini program, at a clock that a test can move. */
export function sessionTokens({
  appId = APP_ID,
  ...options
}: Partial<Parameters<typeof createSessionTokens>[0]> & { appId?: string } = {}) {
  const tokens = createSessionTokens({
    secret: SESSION_SECRET,
    ttlHours: 168,
    clock: () => NOW_MS,
    ...options,
  });
  return { ...tokens, issue: (openid: string) => tokens.issue({ appid: appId, openid }) };
}

/** The services of a stage with one mini program. */
export function oneApp<S extends object>(services: S = {} as S) {
  const app = { appId: APP_ID, isFirst: true, isStopped: false, env: {} };
  return {
    list: async () => [app],
    async of(appId = APP_ID) {
      if (appId !== APP_ID) throw new UnknownAppError(appId);
      return { app, services };
    },
    close: async () => {},
  };
}
