import { createHash } from 'node:crypto';
import { createSessionTokens, type SessionTokens } from '../../lib/sessions/session-tokens.ts';
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
export function sessionTokens(
  options: Partial<Parameters<typeof createSessionTokens>[0]> = {},
): SessionTokens {
  return createSessionTokens({
    appId: APP_ID,
    secret: SESSION_SECRET,
    ttlHours: 168,
    clock: () => NOW_MS,
    ...options,
  });
}
