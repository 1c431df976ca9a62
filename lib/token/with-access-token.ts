import type { AccessTokens } from './access-tokens.ts';

/**
 * Makes a call with an access token. When WeChat refuses the token, it is replaced and the call repeated, once: that is
 * safe even for a send, because the first call was turned away before anything was done (WeChat contract §2.3).
 *
 * @throws TokenUnavailableError, and whatever `call` throws
 */
export async function withAccessToken<T>(
  tokens: AccessTokens,
  call: (accessToken: string) => Promise<T>,
  isTokenRefused: (result: T) => boolean,
): Promise<T> {
  const token = await tokens.get();
  const result = await call(token);
  return isTokenRefused(result) ? call(await tokens.replace(token)) : result;
}
