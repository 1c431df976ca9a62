import { createHash, timingSafeEqual } from 'node:crypto';
import type { SessionTokens } from '../sessions/session-tokens.ts';
import type { ApiKey, Scope } from '../settings/setting-values.ts';
import { ProblemError } from './problem.ts';

/** Someone who did not say who they are, on a route that does not ask. */
interface AnyCaller {
  readonly type: 'anyone';
}

/** A mini program's user, who may act for their own openid only. */
export interface UserCaller {
  readonly type: 'user';
  readonly appid: string;
  readonly openid: string;
}

/** The owner's backend, script or console, by API key. */
export interface OperatorCaller {
  readonly type: 'operator';
  readonly keyName: string;
  readonly scopes: readonly Scope[];
  /** The mini programs that the key is for; all where it is absent. */
  readonly appids?: readonly string[];
}

/** Who is calling. */
export type Caller = AnyCaller | UserCaller | OperatorCaller;

/** Who may call a route: anyone, or users, operators with one scope, or both. */
export type Access =
  | { readonly anyone: true; readonly user?: never; readonly operator?: never }
  | { readonly anyone?: never; readonly user?: true; readonly operator?: Scope };

/** The callers that `A` lets in. */
export type CallerOf<A extends Access> =
  | (A extends { readonly anyone: true } ? AnyCaller : never)
  | (A extends { readonly user: true } ? UserCaller : never)
  | (A extends { readonly operator: Scope } ? OperatorCaller : never);

/** What tokens are checked against; a function whose routes are open to anyone needs neither. */
export interface CallerCredentials {
  readonly apiKeys?: readonly ApiKey[];
  readonly sessions?: Pick<SessionTokens, 'verify'>;
}

/**
 * Who is calling, by the `authorization` header: an API key, a session token, or nobody.
 *
 * @throws ProblemError `invalid-token` when there is a header and it proves nothing
 */
export async function authenticate(
  { apiKeys = [], sessions }: CallerCredentials,
  authorization: string | undefined,
): Promise<Caller> {
  if (authorization === undefined) return { type: 'anyone' };
  const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw invalidToken();
  const key = matchingKey(apiKeys, token);
  if (key) {
    const { name: keyName, scopes, appids } = key;
    return { type: 'operator', keyName, scopes, ...(appids && { appids }) };
  }
  const user = await sessions?.verify(token);
  if (user) return { type: 'user', ...user };
  throw invalidToken();
}

/** Every key is compared, whichever matches, so that the time taken tells nothing. */
function matchingKey(keys: readonly ApiKey[], token: string): ApiKey | undefined {
  const digest = createHash('sha256').update(token).digest();
  return keys.filter(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), digest))[0];
}

/** The problem of a token that proves nothing. */
export function invalidToken(): ProblemError {
  return new ProblemError(
    'invalid-token',
    'Send "authorization: Bearer <token>" with a current session token (log in again) or a valid API key.',
    { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
  );
}

/** The caller, if the route is open to them. @throws ProblemError of status 401 or 403 */
export function authorize<A extends Access>(access: A, caller: Caller): CallerOf<A>;
export function authorize(access: Access, caller: Caller): Caller {
  if (access.anyone) return { type: 'anyone' };
  switch (caller.type) {
    case 'anyone':
      throw new ProblemError('missing-token', 'Send the header "authorization: Bearer <token>".', {
        headers: { 'www-authenticate': 'Bearer' },
      });
    case 'user':
      if (access.user) return caller;
      throw new ProblemError('wrong-caller', 'This route is for operators: call it with an API key.');
    case 'operator':
      return authorizeOperator(access.operator, caller);
  }
}

function authorizeOperator(scope: Scope | undefined, caller: OperatorCaller): OperatorCaller {
  if (!scope)
    throw new ProblemError('wrong-caller', 'This route is for users: call it with a session token.');
  if (caller.scopes.includes(scope)) return caller;
  throw new ProblemError('missing-scope', `This route needs an API key with the scope "${scope}".`, {
    headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  });
}
