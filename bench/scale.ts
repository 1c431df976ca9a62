import { createDueIndexReader } from '../lib/dynamodb/dynamodb-due-index.ts';
import { dispatchDue } from '../lib/messages/dispatch-due.ts';
import { startDynamoDb } from '../local/stack/dynamodb.ts';
import { startStack } from '../local/stack/stack.ts';
import { localTable, openTable } from '../local/stack/table.ts';
import { createCapacityMeter } from './capacity-meter.ts';
import type { Figure } from './figures.ts';
import type { MeasureOptions } from './options.ts';
import { campaigns, FLAT, PART } from './scale-campaign.ts';
import { seedMessages } from './seed.ts';
import { TEMPLATE } from './senders/message.ts';
import { QUIET, stackClient } from './stack-client.ts';
import { usdPerMillion } from './units.ts';

const APP_ID = 'wx0123456789abcdef';
const HOUR_MS = 3_600_000;
const DUE = 500;

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
        dueIndex: createDueIndexReader(table, QUIET),
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
