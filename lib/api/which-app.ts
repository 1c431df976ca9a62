import { AppNotReadyError, UnknownAppError } from '../settings/apps.ts';
import { type Caller, invalidToken } from './access.ts';
import { ProblemError } from './problem.ts';
import { isServedWhileStopped, type RouteSpec } from './route.ts';

/** The header in which a call says which mini program it is for. */
export const APP_HEADER = 'x-wechat-appid';

/** A mini program's services, and whether its sending is stopped. */
interface AppOfCall<S> {
  readonly app: { readonly appId: string; readonly isStopped: boolean };
  readonly services: S;
}

/** Finds an app's services by its appid; without one, those of the stage's first app. */
export type FindApp<S> = (appId?: string) => Promise<AppOfCall<S>>;

/**
 * The app that a call is for: the one that the path or the header names, else the one that the API key or the
 * session is for, else the stage's first.
 *
 * @throws ProblemError `unknown-app` for one that the stage does not have or the caller may not use, in the
 * same words; `invalid-token` for a session of one that the stage does not have; `app-not-ready`;
 * `sending-stopped` for what a stopped app does not serve
 */
export async function appOfCall<S>(
  find: FindApp<S>,
  { caller, asked, spec }: { caller: Caller; asked: string | undefined; spec: RouteSpec },
): Promise<AppOfCall<S>> {
  const own = appidsOf(caller);
  const appId = asked ?? own?.[0];
  if (appId !== undefined && own && !own.includes(appId)) throw unknownApp();
  const found = await find(appId).catch((error: unknown) => {
    throw asAppProblem(error, caller);
  });
  if (found.app.isStopped && !isServedWhileStopped(spec)) {
    throw new ProblemError('sending-stopped', 'The owner has stopped all sending for this mini program.');
  }
  return found;
}

/** The apps that a caller is bound to; undefined for who may use all. */
function appidsOf(caller: Caller): readonly string[] | undefined {
  if (caller.type === 'user') return [caller.appid];
  return caller.type === 'operator' ? caller.appids : undefined;
}

function unknownApp(): ProblemError {
  return new ProblemError('unknown-app', 'There is no such mini program here for this caller.');
}

function asAppProblem(error: unknown, caller: Caller): unknown {
  // A session of a mini program that is gone is none.
  if (error instanceof UnknownAppError) return caller.type === 'user' ? invalidToken() : unknownApp();
  if (!(error instanceof AppNotReadyError)) return error;
  return new ProblemError('app-not-ready', 'The settings of this mini program are wrong.', {}, error);
}
