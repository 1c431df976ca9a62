import { dispatchDue } from '../delivery/dispatch-due.ts';
import { createEnqueue } from '../queue/sqs-send-queue.ts';
import { readSettings } from '../settings.ts';
import { createDueIndex } from '../table/dynamodb-due-index.ts';
import { openQueue, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';

/** What the function that hands over due messages needs. It holds no secret. */
export async function wireDispatch(env: Environment, overrides?: Overrides) {
  const settings = readSettings(env, ['app', 'table', 'queue']);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const sqs = openQueue(env);
  const services = {
    dueIndex: createDueIndex(table, base.logger),
    enqueue: createEnqueue(sqs, settings.queue.sendQueueUrl),
    ...base,
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
