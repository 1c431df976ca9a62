import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createCapacityMeter } from '../local/campaign-bench/capacity-meter.ts';
import { type Stack, startStack } from '../local/stack/stack.ts';
import type { UsageOfKind } from '../operate/cost/usage.ts';
import type { Figure } from './figures.ts';
import type { MeasureOptions } from './options.ts';
import { TEMPLATE } from './senders/message.ts';
import { stackClient } from './stack-client.ts';

const FILE = join(import.meta.dirname, '../operate/cost/usage.json');
const EACH = 40;
const RECIPIENTS = 1_000;
const HOUR_MS = 3_600_000;
/** WeChat's usual answer. */
const LATENCY_MS = 50;

type Counters = { -readonly [K in keyof UsageOfKind]: number };

/**
 * What one of each kind uses of all that AWS bills, one by one, with statistics and events, which every deployment has. Written to
 * operate/cost/usage.json, which `npm run cost` reckons with.
 */
export async function measureUsage({ print }: MeasureOptions): Promise<readonly Figure[]> {
  print(`  ${EACH} of each kind, a campaign to ${RECIPIENTS}, with statistics and events ...`);
  const usage = await usageByKind();
  await writeFile(FILE, `${JSON.stringify(usage, undefined, 2)}\n`);
  return Object.entries(usage).flatMap(([kind, used]) =>
    Object.entries(used).map(
      ([name, value]): Figure => ({ part: 'usage', name: `${kind}: ${name}`, value, unit: '' }),
    ),
  );
}

async function usageByKind(): Promise<Record<string, UsageOfKind>> {
  const capacity = createCapacityMeter(DynamoDBClient.prototype);
  const counted = { apiRequests: 0, invocations: 0, batches: 0, milliseconds: 0, logBytes: 0, events: 0 };
  let aheadMs = 0;
  const log = (message: string, fields: object = {}) => {
    counted.logBytes +=
      Buffer.byteLength(JSON.stringify({ ...fields, level: 'INFO', timestamp: '', message })) + 25;
  };
  const stack = await startStack({
    logger: { info: log, warn: log, error: log },
    templates: [TEMPLATE],
    dispatchEverySeconds: 0,
    // One container of each function, which has the machine for itself as on Lambda.
    pollers: 1,
    followChanges: true,
    clock: () => Date.now() + aheadMs,
    onEvent: () => {
      counted.events += 1;
    },
    observe: (observation) => {
      if (observation.type === 'fault') return;
      counted.invocations += 1;
      counted.milliseconds += observation.ms;
      if (observation.type === 'request') counted.apiRequests += 1;
      // The table's stream is read for nothing.
      if (observation.type === 'batch' && observation.function !== 'publish-changes') counted.batches += 1;
    },
  });
  const snapshot = (): Counters => {
    const { writeUnits, readUnits } = capacity.total();
    const { apiRequests, invocations, batches, milliseconds, logBytes, events } = counted;
    // A batch is received and deleted by one request each, and was sent by at least one.
    return {
      writeUnits,
      readUnits,
      apiRequests,
      invocations,
      queueRequests: 3 * batches,
      milliseconds,
      logBytes,
      events,
    };
  };
  async function usageOf(count: number, work: () => Promise<unknown>): Promise<UsageOfKind> {
    await stack.idle();
    const before = snapshot();
    await work();
    await stack.idle();
    const after = snapshot();
    const per = (name: keyof Counters) => Number(((after[name] - before[name]) / count).toPrecision(4));
    return {
      writeUnits: per('writeUnits'),
      readUnits: per('readUnits'),
      apiRequests: per('apiRequests'),
      invocations: per('invocations'),
      queueRequests: per('queueRequests'),
      milliseconds: per('milliseconds'),
      logBytes: per('logBytes'),
      events: per('events'),
    };
  }
  try {
    return await measureKinds(stack, usageOf, (ms) => {
      aheadMs += ms;
    });
  } finally {
    await stack.close();
  }
}

async function measureKinds(
  stack: Stack,
  usageOf: (count: number, work: () => Promise<unknown>) => Promise<UsageOfKind>,
  jump: (ms: number) => void,
): Promise<Record<string, UsageOfKind>> {
  const service = stackClient(stack);
  service.wechat.setLatency({ ms: LATENCY_MS });
  // The access token and the templates are fetched once, by nobody in particular.
  await service.send(await service.grantee());
  const inTurn = async (openids: readonly string[], work: (openid: string) => Promise<unknown>) => {
    for (const openid of openids) await work(openid);
  };
  const strangers = (count: number) => Array.from({ length: count }, () => service.tap());
  const tellers = strangers(2 * EACH);
  const grants = await usageOf(tellers.length, () => inTurn(tellers, service.report));
  const [first, second] = [tellers.slice(0, EACH), tellers.slice(EACH)];
  const messages = await usageOf(EACH, () => inTurn(first, (to) => service.send(to)));
  const sendAt = new Date(Date.now() + HOUR_MS).toISOString();
  const timed = await usageOf(EACH, async () => {
    await inTurn(second, (to) => service.send(to, { sendAt }));
    jump(HOUR_MS + 1_000);
    await stack.dispatchNow();
  });
  const recipients = strangers(RECIPIENTS);
  await inTurn(recipients, service.report);
  const campaign = await usageOf(RECIPIENTS, () => service.startRun());
  return { grants, messages, timed, campaign };
}
