/** A deployed sender: the handler out of its bundle (first argument), fed with the texts that the queue would bring. */
import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { serveSender } from './lanes.ts';

const bundle = v.object({ buildServices: v.function(), createHandler: v.function() });
const answered = v.object({ batchItemFailures: v.array(v.unknown()) });

const { buildServices, createHandler } = v.parse(bundle, { ...(await import(process.argv[2] ?? '')) });
const handle = v.parse(v.function(), createHandler(await buildServices(process.env)));
const context = { getRemainingTimeInMillis: () => 60_000 };

serveSender(async (bodies) => {
  const sentAtMs = Date.now();
  const Records = bodies.map((body) => ({
    messageId: randomUUID(),
    receiptHandle: '',
    body,
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(sentAtMs) },
    messageAttributes: {},
    eventSource: 'aws:sqs',
  }));
  const { batchItemFailures } = v.parse(answered, await handle({ Records }, context));
  return batchItemFailures.length;
});
