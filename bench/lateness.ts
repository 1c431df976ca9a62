import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../local/stack/stack.ts';
import { localTable } from '../local/stack/table.ts';
import { type Figure, quantile } from './figures.ts';
import type { MeasureOptions } from './options.ts';
import { seedMessages } from './seed.ts';
import { TEMPLATE } from './senders/message.ts';
import { QUIET } from './stack-client.ts';
import { startQueueSender } from './start-queue-sender.ts';

const MINUTE_MS = 60_000;
const LATENCY_MS = 50;
const SENDERS = 2;
/** Batches of ten that one sender's process has in hand: as so many containers. */
const BATCHES = 10;
/** A load that the machine carries easily, and the one that is promised. */
const COUNTS = [1_000, 10_000] as const;
const STALLED_MS = 60_000;
/** Many times what dispatching one takes. */
const DISPATCH_EACH_MS = 10;

/**
 * How late timed messages leave, by the simulated WeChat's clock at the arrival of their request: booked hours ahead, handed over by the
 * dispatcher, spread evenly over a minute.
 */
export async function measureLateness({ print }: MeasureOptions): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const count of COUNTS) {
    print(`  ${count} messages in one minute ...`);
    const late = await latenessOf(count);
    const name = `${count} messages in a minute`;
    print(
      `    p50 ${quantile(late, 0.5)} ms, p99 ${quantile(late, 0.99)} ms, at most ${Math.max(...late)} ms`,
    );
    const row = (what: string, value: number): Figure => ({
      part: 'lateness',
      name: `${name}: ${what}`,
      value,
      unit: 'ms',
    });
    figures.push(
      row('p50', quantile(late, 0.5)),
      { ...row('p99', quantile(late, 0.99)), must: { atMost: 400 } },
      row('max', Math.max(...late)),
    );
  }
  return figures;
}

async function latenessOf(count: number): Promise<readonly number[]> {
  // The stack's clock runs ahead by as much as the messages are booked ahead, less the time that dispatching takes.
  let aheadMs = 0;
  const clock = () => Date.now() + aheadMs;
  const stack = await startStack({
    logger: QUIET,
    templates: [TEMPLATE],
    pollers: 0,
    dispatchEverySeconds: 0,
    // Else the stand-in for DynamoDB's TTL reads the whole table again and again.
    sweepEverySeconds: 0,
    clock,
  });
  const { wechat } = stack;
  if (!wechat) throw new Error('The stack started no simulated WeChat.');
  const table = localTable(stack.dynamodbEndpoint, stack.tableName, wechat.appId);
  try {
    wechat.setLatency({ ms: LATENCY_MS });
    const openids = wechat.createUsers(count);
    for (const openid of openids) wechat.subscribe({ openid, results: { [TEMPLATE.templateId]: 'accept' } });
    const firstAtMs = Date.now() + 60 * MINUTE_MS;
    const sendAtMs = (index: number) => firstAtMs + Math.floor((index * MINUTE_MS) / count);
    await seedMessages(table, count, { openidOf: (index) => openids[index] ?? '', sendAtMs });
    const startInMs = 10_000 + count * DISPATCH_EACH_MS;
    aheadMs = firstAtMs - startInMs - Date.now();
    const queue = { functionName: 'send-messages', queueName: 'SendQueue', pollers: BATCHES };
    const senders = await Promise.all(
      Array.from({ length: SENDERS }, () => startQueueSender(stack, { ...queue, aheadMs })),
    );
    try {
      await stack.dispatchNow();
      const spareMs = firstAtMs - clock();
      if (spareMs < 0)
        throw new Error(`The machine was too slow: dispatching ended ${-spareMs} ms too late.`);
      const accepted = () => wechat.received({ limit: 1 }).stats.acceptedSends;
      for (let last = 0, atMs = Date.now(); accepted() < count; await sleep(200)) {
        if (accepted() > last) atMs = Date.now();
        if (Date.now() - atMs > STALLED_MS + spareMs) throw new Error(`Only ${accepted()} of ${count} left.`);
        last = accepted();
      }
    } finally {
      await Promise.all(senders.map((sender) => sender.close()));
    }
    const place = new Map(openids.map((openid, index) => [openid, index]));
    const { items } = wechat.received({ call: 'send', limit: count });
    return items.map(({ openid = '', startedAtMs }) => startedAtMs - sendAtMs(place.get(openid) ?? 0));
  } finally {
    await table.client.destroy();
    await stack.close();
  }
}
