import type { Context } from 'aws-lambda';
import type { Clock } from '../lib/clock.ts';
import { createDueIndexReader } from '../lib/dynamodb/dynamodb-due-index.ts';
import type { Logger } from '../lib/logger.ts';
import { dispatchDue } from '../lib/messages/dispatch-due.ts';
import type { SendJob } from '../lib/messages/send-job.ts';
import { type Apps, forEachApp } from '../lib/runtime/apps.ts';
import { openDynamoDb, openQueue } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import type { Environment } from '../lib/settings/settings.ts';
import { createEnqueue } from '../lib/sqs/sqs-queues.ts';

/** Time left to finish a page that was begun. */
const MARGIN_MS = 5_000;

export const handler = onColdStart(buildServices, createHandler);

/** It holds no secret. */
export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(env, ['app', 'table', 'queue'], runtime);
  const client = openDynamoDb(env);
  const sqs = openQueue(env);
  const apps = await stage.apps((settings, base, { appId }) => {
    const table = { client, name: settings.table.name, appId };
    const services = {
      ...base,
      dueIndex: createDueIndexReader(table, base.logger),
      enqueue: createEnqueue<SendJob>(sqs, settings.queue.sendQueueUrl, appId),
    };
    return { dispatch: (deadlineMs: number) => dispatchDue(services, deadlineMs) };
  });
  return {
    clock: runtime.clock,
    logger: runtime.logger,
    apps,
    close: closing(client, sqs),
  };
}

interface Services {
  /** Hands over what is due, until `deadlineMs`; answers how many messages that were. */
  readonly apps: Apps<{ readonly dispatch: (deadlineMs: number) => Promise<number> }>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Hands to the queue, each minute, what is due soon. The next run finds again what is not done. */
export function createHandler({ apps, clock, logger }: Services) {
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const deadlineMs = clock() + context.getRemainingTimeInMillis() - MARGIN_MS;
    await forEachApp(apps, logger, async ({ dispatch }) => void (await dispatch(deadlineMs)));
  };
}
