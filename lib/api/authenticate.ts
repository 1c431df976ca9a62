import { createHash, timingSafeEqual } from 'node:crypto';
import type { SessionTokens } from '../sessions/session-tokens.ts';
import type { ApiKey } from '../settings/api-keys.ts';
import type { Caller } from './access.ts';
import { ProblemError } from './problem.ts';

/** Who may show what; a function whose routes are open to anyone needs neither. */
export interface Credentials {
  readonly apiKeys?: readonly ApiKey[];
  readonly sessions?: Pick<SessionTokens, 'verify'>;
}

/**
 * Says who is calling, by the `authorization` header: an API key, a session token, or nobody.
 *
 * @throws ProblemError `invalid-token` when there is a header and it proves nothing
 */
export async function authenticate(
  credentials: Credentials,
  authorization: string | undefined,
): Promise<Caller> {
  if (authorization === undefined) return { type: 'anyone' };
  const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw invalidToken();
  const key = matchingKey(credentials.apiKeys ?? [], token);
  if (key) return { type: 'operator', keyName: key.name, scopes: key.scopes };
  const user = await credentials.sessions?.verify(token);
  if (user) return { type: 'user', ...user };
  throw invalidToken();
}

/** Looks at every key, whichever matches, so that the time taken tells nothing. */
function matchingKey(keys: readonly ApiKey[], token: string): ApiKey | undefined {
  const digest = createHash('sha256').update(token).digest();
  return keys.filter(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), digest))[0];
}

function invalidToken(): ProblemError {
  return new ProblemError(
    'invalid-token',
    'Send "authorization: Bearer <token>" with a current session token (log in again) or a valid API key.',
    { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
  );
}
