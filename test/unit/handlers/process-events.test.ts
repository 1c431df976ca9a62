import { setImmediate as soon } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createHandler } from '../../../handlers/process-events.ts';
import type { EventJob } from '../../../lib/wechat-events/event-job.ts';
import { keptLogs } from '../../support/log-lines.ts';
import { sqsRecord } from '../../support/sqs-record.ts';

const change = (openid: string, createdAtMs = 1): EventJob => ({
  type: 'subscribe',
  event: { type: 'change', openid, createdAtMs, items: [{ templateId: 'T1', status: 'reject' }] },
});
const eventOf = (job: EventJob) => ('event' in job ? job.event : undefined);
const other: EventJob = { type: 'other', name: 'text', fields: { Content: 'hello' } };

type AppServices = ReturnType<Parameters<typeof createHandler>[0]['servicesOf']>;

function useHandler(services: Partial<AppServices> = {}) {
  const logs = keptLogs();
  const done: unknown[] = [];
  const ofApp: AppServices = {
    apply: async (event) => {
      done.push(event);
      return { type: 'done' };
    },
    applyToCard: async (receipt) => void done.push(receipt),
    forward: async (message) => void done.push(message),
    enqueue: async (job, delayMs) => void done.push({ job, delayMs }),
    ...services,
  };
  const handle = createHandler({ servicesOf: () => ofApp, retrySoon: async () => {}, logger: logs.logger });
  return {
    logs,
    done,
    handle: (...jobs: unknown[]) => handle({ Records: jobs.map((job, n) => sqsRecord(`record-${n}`, job)) }),
  };
}

test('events are taken in and other messages forwarded', async () => {
  const { handle, done } = useHandler();
  expect(await handle(change('o1'), other)).toEqual({ batchItemFailures: [] });
  expect(done).toEqual(expect.arrayContaining([eventOf(change('o1')), other]));
});

test('an event that is to be looked at again goes onto the queue anew, with its delay', async () => {
  const { handle, done } = useHandler({ apply: async () => ({ type: 'later', delayMs: 7000 }) });
  expect(await handle(change('o1'))).toEqual({ batchItemFailures: [] });
  expect(done).toEqual([{ job: change('o1'), delayMs: 7000 }]);
});

test('what fails comes again, by itself', async () => {
  const { handle, logs } = useHandler({
    apply: async ({ openid }) => {
      if (openid === 'o2') throw new Error('table is busy');
      return { type: 'done' };
    },
    forward: () => Promise.reject(new Error('bus is busy')),
  });
  const { batchItemFailures } = await handle(
    change('o1'),
    change('o2'),
    other,
    'no job',
    '{"type":"x"}',
    change('o3'),
  );
  expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()).toEqual([
    'record-1',
    'record-2',
    'record-3',
    'record-4',
  ]);
  expect(logs.lines).toHaveLength(4);
});

test('events of one user are taken in one after the other, those of several at once', async () => {
  const running = new Map<string, number>();
  let most = 0;
  const { handle } = useHandler({
    apply: async ({ openid }) => {
      expect(running.get(openid) ?? 0).toBe(0);
      running.set(openid, 1);
      most = Math.max(
        most,
        [...running.values()].reduce((sum, n) => sum + n, 0),
      );
      await soon();
      running.set(openid, 0);
      return { type: 'done' };
    },
  });
  const jobs = ['o1', 'o2', 'o1', 'o3', 'o1'].map((openid, n) => change(openid, n));
  expect(await handle(...jobs)).toEqual({ batchItemFailures: [] });
  expect(most).toBe(3);
});
