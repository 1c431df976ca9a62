import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { Activity } from './activity.ts';

/** A deployed function's handler, as Lambda calls it. */
export type LambdaHandler = (event: unknown, context: Context) => unknown;

/** One function of the service: its handler with what serverless.yml says of it. */
export interface LambdaFunction {
  readonly name: string;
  readonly handler: LambdaHandler;
  readonly timeoutSeconds: number;
  readonly memorySize: number;
}

/** How an invocation ended. `result` has been through JSON, as it has on its way out of Lambda. */
export type Invocation = { type: 'returned'; result: unknown } | { type: 'threw'; error: Error };

/** Calls a function as Lambda does; it never throws. */
export type Invoke = (called: LambdaFunction, event: unknown) => Promise<Invocation>;

/** An `invoke` whose calls are counted in `activity`. */
export function createInvoke(activity: Activity): Invoke {
  return (called, event) => activity.track(() => invoke(called, event));
}

async function invoke(called: LambdaFunction, event: unknown): Promise<Invocation> {
  const timeoutMs = called.timeoutSeconds * 1000;
  const timedOut = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => timedOut.reject(new Error(`Task timed out after ${called.timeoutSeconds.toFixed(2)} seconds`)),
    timeoutMs,
  ).unref();
  try {
    const call = async () => called.handler(throughJson(event), lambdaContext(called, timeoutMs));
    return { type: 'returned', result: throughJson(await Promise.race([call(), timedOut.promise])) };
  } catch (error) {
    return { type: 'threw', error: error instanceof Error ? error : new Error(String(error)) };
  } finally {
    clearTimeout(timer);
  }
}

/** Events and results travel as JSON: `undefined` fields vanish, a returned `undefined` becomes null. */
function throughJson(value: unknown): unknown {
  const text: string | undefined = JSON.stringify(value);
  return text === undefined ? null : JSON.parse(text);
}

function lambdaContext(called: LambdaFunction, timeoutMs: number): Context {
  const deadline = performance.now() + timeoutMs;
  const refuse = () => {
    throw new Error('Handlers of this service return a promise.');
  };
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: called.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${called.name}`,
    memoryLimitInMB: `${called.memorySize}`,
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${called.name}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline - performance.now())),
    done: refuse,
    fail: refuse,
    succeed: refuse,
  };
}
