import type { Context } from 'aws-lambda';
import type { Clock } from '../lib/clock.ts';
import { createDueIndex } from '../lib/dynamodb/dynamodb-due-index.ts';
import { openQueue, openTable } from '../lib/runtime/aws.ts';
import { createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { dispatchDue } from '../lib/sends/dispatch-due.ts';
import { type Environment, readSettings } from '../lib/settings/settings.ts';
import { createEnqueue } from '../lib/sqs/sqs-queues.ts';

/** Time left to finish a page that was begun. */
const MARGIN_MS = 5_000;

export const handler = onColdStart(buildServices, createHandler);

/** It holds no secret. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table', 'queue']);
  const base = createRuntime(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const sqs = openQueue(env);
  const services = {
    ...base,
    dueIndex: createDueIndex(table, base.logger),
    enqueue: createEnqueue(sqs, settings.queue.sendQueueUrl),
  };
  return {
    clock: base.clock,
    dispatch: (deadlineMs: number) => dispatchDue(services, deadlineMs),
    async close() {
      table.client.destroy();
      sqs.destroy();
    },
  };
}

interface Services {
  /** Hands over what is due, until `deadlineMs`; answers how many messages that were. */
  readonly dispatch: (deadlineMs: number) => Promise<number>;
  readonly clock: Clock;
}

/**
 * Runs each minute and hands to the queue what is due soon. What it does not get done, the next run finds
 * again.
 */
export function createHandler({ dispatch, clock }: Services) {
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    await dispatch(clock() + context.getRemainingTimeInMillis() - MARGIN_MS);
  };
}
