import { AsyncLocalStorage } from 'node:async_hooks';
import * as v from 'valibot';
import type { LogFields } from '../logger.ts';

const current = new AsyncLocalStorage<LogFields>();

const contextSchema = v.object({ awsRequestId: v.string() });

/** Does `work` so that every line logged meanwhile names the invocation, as Lambda's own lines about it do. */
export function withinInvocation<T>(context: unknown, work: () => Promise<T>): Promise<T> {
  const named = v.safeParse(contextSchema, context);
  return named.success ? current.run(named.output, work) : work();
}

/** What names the invocation that is under way: `awsRequestId`, if any. */
export function invocationFields(): LogFields {
  return current.getStore() ?? {};
}
