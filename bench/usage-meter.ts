import { type Stack, startStack } from '../local/stack/stack.ts';
import type { UsageOfKind } from '../operate/cost/usage.ts';
import { createCapacityMeter } from './capacity-meter.ts';
import { TEMPLATE } from './senders/message.ts';
import { storedBytes } from './stored-bytes.ts';

/** All figures, each by its name. */
export function eachOf(value: (name: keyof UsageOfKind) => number): UsageOfKind {
  return {
    writeUnits: value('writeUnits'),
    readUnits: value('readUnits'),
    apiRequests: value('apiRequests'),
    invocations: value('invocations'),
    queueRequests: value('queueRequests'),
    tableCalls: value('tableCalls'),
    cpuMilliseconds: value('cpuMilliseconds'),
    logBytes: value('logBytes'),
    events: value('events'),
    storedBytes: value('storedBytes'),
  };
}

type UsageOf = (count: number, work: () => Promise<unknown>) => Promise<UsageOfKind>;

/** A stack whose use of all that AWS bills is measured. */
export interface Metered {
  readonly stack: Stack;
  readonly usageOf: UsageOf;
  readonly jump: (ms: number) => void;
  readonly now: () => number;
}

/** Starts a stack with a meter, measures, and stops it. */
export async function withMeter<T>(
  options: Parameters<typeof startStack>[0],
  measure: (metered: Metered) => Promise<T>,
): Promise<T> {
  const counted = { apiRequests: 0, invocations: 0, batches: 0, logBytes: 0, events: 0 };
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
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
    gatherChanges: true,
    clock: now,
    onEvent: () => {
      counted.events += 1;
    },
    observe: (observation) => {
      if (observation.type === 'fault') return;
      counted.invocations += 1;
      if (observation.type === 'request') counted.apiRequests += 1;
      if (observation.type !== 'batch') return;
      // The table's stream is read for nothing. A window ends with one more call of the function that counts.
      if (observation.function === 'count-statistics') counted.invocations += 1;
      else if (observation.function !== 'publish-changes') counted.batches += 1;
    },
    ...options,
  });
  const snapshot = () => {
    const { user, system } = process.cpuUsage();
    // A batch is received and deleted by one request each, and was sent by at least one.
    const queueRequests = 3 * counted.batches;
    const { calls: tableCalls, ...units } = METER.total();
    return { ...units, tableCalls, ...counted, queueRequests, cpuMilliseconds: (user + system) / 1_000 };
  };
  async function usageOf(count: number, work: () => Promise<unknown>): Promise<UsageOfKind> {
    await stack.idle();
    const bytesBefore = await storedBytes(stack);
    const before = snapshot();
    await work();
    await stack.idle();
    const after = snapshot();
    const bytes = (await storedBytes(stack)) - bytesBefore;
    return eachOf((name) => {
      const used = name === 'storedBytes' ? Math.max(0, bytes) : after[name] - before[name];
      return Number((used / count).toPrecision(4));
    });
  }
  try {
    const jump = (ms: number) => {
      aheadMs += ms;
    };
    return await measure({ stack, usageOf, now, jump });
  } finally {
    await stack.close();
  }
}

const METER = createCapacityMeter();
