import { setTimeout as sleep } from 'node:timers/promises';
import { createDueIndex } from '../lib/dynamodb/dynamodb-due-index.ts';
import { dispatchDue } from '../lib/messages/dispatch-due.ts';
import { startDynamoDb } from '../local/stack/dynamodb.ts';
import { startStack } from '../local/stack/stack.ts';
import { localTable, openTable } from '../local/stack/table.ts';
import { createCapacityMeter } from './capacity-meter.ts';
import type { Figure } from './figures.ts';
import type { MeasureOptions } from './options.ts';
import { seedMessages } from './seed.ts';
import { seedGrantees } from './seed-grantees.ts';
import { TEMPLATE } from './senders/message.ts';
import { QUIET, stackClient } from './stack-client.ts';
import { startQueueSender } from './start-queue-sender.ts';
import { usdPerMillion } from './units.ts';

const PART = 'scale';
const APP_ID = 'wx0123456789abcdef';
const LATENCY_MS = 50;
const HOUR_MS = 3_600_000;
const DUE = 500;
/** Of the cost per recipient of a small campaign. */
const FLAT = { atMost: 1.1 } as const;

/** Whether the cost of a recipient, of a booked message and of a user's next message stays the same however many there are. */
export async function measureScale(options: MeasureOptions): Promise<readonly Figure[]> {
  const { large, only, print } = options;
  const sizes = [1_000, 10_000, 100_000, ...(large ? [1_000_000] : [])];
  const booked = [0, 10_000, large ? 1_000_000 : 100_000];
  const figures: Figure[] = [];
  const parts: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
    campaign: () => campaigns(sizes, options),
    'due index': () => dueIndexes(booked, print),
    user: () => usersWithMany(1_000),
  };
  for (const [name, measure] of Object.entries(parts)) {
    if (name.startsWith(only)) figures.push(...(await measure()));
  }
  return figures;
}

async function campaigns(sizes: readonly number[], options: MeasureOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  let smallest: number | undefined;
  for (const size of sizes) {
    options.print(`  a campaign to ${size} ...`);
    const measured = await campaignOf(size, options);
    const usd = usdPerMillion({
      writeUnits: measured.writeUnits / size,
      readUnits: measured.readUnits / size,
    });
    smallest ??= usd;
    const name = `campaign to ${size}`;
    figures.push(
      {
        part: PART,
        name: `${name}, units of a million recipients`,
        value: usd,
        unit: 'USD',
        ratio: { of: `that to ${sizes[0]}`, value: usd / smallest },
        must: FLAT,
      },
      {
        part: PART,
        name: `${name}, write units a recipient`,
        value: measured.writeUnits / size,
        unit: 'WRU',
        must: { atMost: 1.2 },
      },
      { part: PART, name: `${name}, read units a recipient`, value: measured.readUnits / size, unit: 'RRU' },
      {
        part: PART,
        name: `${name}, sends of one container`,
        value: size / measured.seconds,
        unit: 'sends/s',
      },
      { part: 'CPU', name: `${name}, 1,000 sends`, value: (measured.cpuMs / size) * 1000, unit: 'ms' },
      { part: 'memory', name, value: measured.peakBytes / 2 ** 20, unit: 'MB' },
    );
    options.print(
      `    ${measured.seconds.toFixed(0)} s, ${(measured.writeUnits / size).toFixed(3)} WRU, ${(measured.cpuMs / size).toFixed(2)} ms CPU each`,
    );
  }
  return figures;
}

/** One run with one container, from the call of the API to its end. */
async function campaignOf(size: number, { profileInto }: MeasureOptions) {
  const stack = await startStack({
    logger: QUIET,
    templates: [TEMPLATE],
    pollers: 0,
    dispatchEverySeconds: 0,
    // Else the stand-in for DynamoDB's TTL reads the whole table again and again.
    sweepEverySeconds: 0,
  });
  const service = stackClient(stack);
  const table = localTable(stack.dynamodbEndpoint, stack.tableName, service.wechat.appId);
  try {
    service.wechat.setLatency({ ms: LATENCY_MS });
    await seedGrantees(table, service.wechat, {
      count: size,
      templateId: TEMPLATE.templateId,
      grantedAtMs: Date.now() - 60_000,
    });
    const profile = profileInto === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileInto}`];
    const sender = await startQueueSender(
      stack,
      { functionName: 'send-campaign', queueName: 'CampaignQueue', pollers: 1 },
      profile,
    );
    try {
      const before = await sender.used();
      const startedAt = performance.now();
      const { campaignId, runId } = await service.startRun();
      for (;;) {
        const { data: run } = await service.api.GET('/v1/campaigns/{id}/runs/{runId}', {
          params: { path: { id: campaignId, runId } },
        });
        if (run.status === 'finished') {
          if (run.counts.sent !== size) throw new Error(`${run.counts.sent} of ${size} were sent.`);
          break;
        }
        await sleep(Math.min(2_000, size / 20));
      }
      const seconds = (performance.now() - startedAt) / 1000;
      const after = await sender.used();
      return {
        seconds,
        peakBytes: after.peakBytes,
        writeUnits: after.writeUnits - before.writeUnits,
        readUnits: after.readUnits - before.readUnits,
        cpuMs: after.cpuMs - before.cpuMs,
      };
    } finally {
      await sender.close();
    }
  } finally {
    await table.client.destroy();
    await stack.close();
  }
}

/** Handing over what is due, while so many more are booked for later. */
async function dueIndexes(booked: readonly number[], print: (line: string) => void): Promise<Figure[]> {
  const meter = createCapacityMeter();
  const engine = await startDynamoDb();
  const opened = await openTable({ ...engine, name: 'bench', dropOnClose: false, hasStream: false });
  const table = localTable(engine.endpoint, opened.name, APP_ID);
  const figures: Figure[] = [];
  let empty: number | undefined;
  let inTable = 0;
  try {
    for (const count of booked) {
      print(`  ${count} messages booked for later ...`);
      await seedMessages(table, count - inTable, {
        only: 'entries',
        sendAtMs: (index) => Date.now() + 48 * HOUR_MS + index * 10,
      });
      inTable = count;
      // Booked an hour ago by the clock of the dispatcher, which is that much ahead.
      const dueAtMs = Date.now() + HOUR_MS;
      await seedMessages(table, DUE, { only: 'entries', sendAtMs: () => dueAtMs });
      const clock = () => Date.now() + HOUR_MS;
      const services = {
        clock,
        logger: QUIET,
        dueIndex: createDueIndex(table, QUIET),
        enqueue: async () => undefined,
      };
      const [before, startedAt] = [meter.total(), performance.now()];
      const handedOver = await dispatchDue(services, clock() + HOUR_MS);
      const ms = performance.now() - startedAt;
      const after = meter.total();
      if (handedOver !== DUE) throw new Error(`${handedOver} of ${DUE} were handed over.`);
      const readUnits = (after.readUnits - before.readUnits) / DUE;
      const writeUnits = (after.writeUnits - before.writeUnits) / DUE;
      const usd = usdPerMillion({ readUnits, writeUnits });
      empty ??= usd;
      const name = `dispatch of ${DUE} due messages, ${count} more booked`;
      figures.push(
        {
          part: PART,
          name: `${name}: a million`,
          value: usd,
          unit: 'USD',
          ratio: { of: 'none booked', value: usd / empty },
          must: FLAT,
        },
        { part: PART, name: `${name}: write units each`, value: writeUnits, unit: 'WRU' },
        { part: PART, name: `${name}: time each`, value: ms / DUE, unit: 'ms' },
      );
    }
  } finally {
    await opened.close();
    await engine.close();
  }
  return figures;
}

/** A message to a user who has had many, against one to a new user. */
async function usersWithMany(count: number): Promise<Figure[]> {
  const meter = createCapacityMeter();
  const stack = await startStack({ logger: QUIET, templates: [TEMPLATE], dispatchEverySeconds: 0 });
  const service = stackClient(stack);
  const table = localTable(stack.dynamodbEndpoint, stack.tableName, service.wechat.appId);
  try {
    await service.send(await service.grantee());
    const costOf = async (openid: string) => {
      await stack.idle();
      const [before, startedAt] = [meter.total(), performance.now()];
      await service.send(openid);
      await stack.idle();
      const [after, ms] = [meter.total(), performance.now() - startedAt];
      const usd = usdPerMillion({
        writeUnits: after.writeUnits - before.writeUnits,
        readUnits: after.readUnits - before.readUnits,
      });
      return { ms, usd };
    };
    const [veteran, novice] = [await service.grantee(), await service.grantee()];
    await seedMessages(table, count, { openidOf: () => veteran, only: 'records' });
    const [many, none] = [await costOf(veteran), await costOf(novice)];
    return [
      {
        part: PART,
        name: `message to a user with ${count}: a million`,
        value: many.usd,
        unit: 'USD',
        ratio: { of: 'a new user', value: many.usd / none.usd },
        must: FLAT,
      },
    ];
  } finally {
    await table.client.destroy();
    await stack.close();
  }
}
