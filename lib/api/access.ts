import type { Scope } from '../settings/api-keys.ts';
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

/**
 * Lets the caller in, or not.
 *
 * @throws ProblemError `missing-token` (401), `wrong-caller` or `missing-scope` (403)
 */
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
