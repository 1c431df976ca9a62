import type { Clock, Random, Sleep } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Measure } from '../metrics.ts';
import { withinInvocation } from './invocation.ts';

/** The environment variables that a function was started with. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a test or the local stack may put in the place of the real thing. */
export interface Overrides {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly sleep?: Sleep;
  readonly logger?: Logger;
  readonly measure?: Measure;
}

/** Builds what one function needs, out of its environment. Throws when a setting is bad, naming every bad one. */
export type BuildServices<Services> = (env: Environment, overrides?: Overrides) => Promise<Services>;

/**
 * A Lambda function that builds its services once per cold start, during the start where it runs on Lambda,
 * and on the first call anywhere else, so that importing it has no effect.
 *
 * @param answerFailedStart what the caller gets when the services could not be built; undefined throws the error
 */
export function onColdStart<Services, Event, Context, Result>(
  buildServices: BuildServices<Services>,
  createHandler: (services: Services) => (event: Event, context: Context) => Promise<Result>,
  answerFailedStart: (error: unknown) => Result | undefined = () => undefined,
): (event: Event, context: Context) => Promise<Result> {
  type Built = ReturnType<typeof createHandler>;
  let starting: Promise<Built> | undefined;
  const started = () => {
    starting ??= buildServices(process.env)
      .then(createHandler)
      // A start that failed, say because a secret could not be read, is tried again by the next call.
      .catch((error) => {
        starting = undefined;
        throw error;
      });
    return starting;
  };
  // Once the file that asks for it has been read to its end, so that it may say so at its head.
  if ('AWS_LAMBDA_FUNCTION_NAME' in process.env) queueMicrotask(() => void started().catch(() => undefined));
  return (event, context) =>
    withinInvocation(context, async () => {
      const handle = await started().catch((error) => ({ error }));
      if (typeof handle === 'function') return handle(event, context);
      const answer = answerFailedStart(handle.error);
      if (answer === undefined) throw handle.error;
      return answer;
    });
}
