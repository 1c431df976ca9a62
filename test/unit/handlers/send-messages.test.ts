import { describe, expect, test } from 'vitest';
import { createHandler } from '../../../handlers/send-messages.ts';
import type { CardJob } from '../../../lib/cards/card-job.ts';
import type { JobResult } from '../../../lib/job-result.ts';
import { DELIVERY_LIMIT_MS } from '../../../lib/messages/deliver-message.ts';

import type { SendJob } from '../../../lib/messages/send-job.ts';
import { oneApp } from '../../support/api-credentials.ts';
import { sqsRecord } from '../../support/sqs-record.ts';

const idOf = (n: number, openid: string) => `msg_${String(n).padStart(32, '0')}_${openid}`;

function record(job: SendJob | CardJob | string) {
  const name = typeof job === 'string' ? job : 'cardId' in job ? job.cardId : job.messageId;
  return sqsRecord(`record-${name}`, job);
}

/** The handler with sixty seconds on a clock that only deliveries move on. */
function useHandler(deliver: (job: SendJob) => JobResult, deliveryMs = 0) {
  let leftMs = 60_000;
  const delivered: string[] = [];
  const enqueued: { job: SendJob | CardJob; delayMs: number }[] = [];
  const apps = oneApp({
    async enqueue(job: SendJob | CardJob, delayMs: number) {
      enqueued.push({ job, delayMs });
    },
    async deliverCard(job: CardJob) {
      delivered.push(job.cardId);
      return { type: 'later' as const, delayMs: 2_000 };
    },
    async deliver(job: SendJob) {
      delivered.push(job.messageId);
      leftMs -= deliveryMs;
      return deliver(job);
    },
  });
  const handle = createHandler({ apps, logger: { info() {}, warn() {}, error() {} }, async retrySoon() {} });
  return {
    delivered,
    enqueued,
    handle: (...jobs: (SendJob | CardJob | string)[]) =>
      handle({ Records: jobs.map(record) }, { getRemainingTimeInMillis: () => leftMs }),
  };
}

describe('a batch of send jobs', () => {
  test('what the time-out could cut off in the middle goes back to the queue and is not begun', async () => {
    const jobs = [1, 2, 3].map((n) => ({ messageId: idOf(n, 'same-user'), sinceMs: n }));
    const { handle, delivered, enqueued } = useHandler(() => ({ type: 'done' }), 30_000);
    expect(await handle(...jobs)).toEqual({ batchItemFailures: [] });
    expect(30_000).toBeLessThan(DELIVERY_LIMIT_MS);
    expect(delivered).toEqual([idOf(1, 'same-user')]);
    expect(enqueued).toEqual(jobs.slice(1).map((job) => ({ job, delayMs: 0 })));
  });

  test('a job that is put off keeps its age and learns when its message is due', async () => {
    const { handle, enqueued } = useHandler(() => ({ type: 'later', delayMs: 900, dueAtMs: 1_400 }));
    await handle({ messageId: idOf(1, 'u'), sinceMs: 7, dueAtMs: 300 });
    expect(enqueued).toEqual([
      { job: { messageId: idOf(1, 'u'), sinceMs: 7, dueAtMs: 1_400 }, delayMs: 900 },
    ]);
  });

  test('a job of a card is for the cards, and goes round as it is', async () => {
    const { handle, delivered, enqueued } = useHandler(() => ({ type: 'done' }));
    const job = { cardId: `card_${'0'.repeat(32)}_u`, changeId: 'change', sinceMs: 7 };
    expect(await handle(job)).toEqual({ batchItemFailures: [] });
    expect(delivered).toEqual([job.cardId]);
    expect(enqueued).toEqual([{ job, delayMs: 2_000 }]);
  });

  test('a record that is no send job fails alone', async () => {
    const { handle, delivered } = useHandler(() => ({ type: 'done' }));
    const answer = await handle('{"half', { messageId: idOf(1, 'u'), sinceMs: 0 }, '{"messageId":7}');
    expect(answer.batchItemFailures).toEqual([
      { itemIdentifier: 'record-{"half' },
      { itemIdentifier: 'record-{"messageId":7}' },
    ]);
    expect(delivered).toEqual([idOf(1, 'u')]);
  });
});
