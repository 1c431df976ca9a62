import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../local/stack/stack.ts';
import { localTable } from '../local/stack/table.ts';
import type { Figure } from './figures.ts';
import type { MeasureOptions } from './options.ts';
import { seedGrantees } from './seed-grantees.ts';
import { TEMPLATE } from './senders/message.ts';
import { QUIET, stackClient } from './stack-client.ts';
import { startQueueSender } from './start-queue-sender.ts';
import { usdPerMillion } from './units.ts';

/** The part of the bench that these figures are of. */
export const PART = 'scale';
/** Of the cost of one where there are few. */
export const FLAT = { atMost: 1.1 } as const;
const LATENCY_MS = 50;

/** Whether a recipient of a large campaign costs what one of a small campaign does. */
export async function campaigns(sizes: readonly number[], options: MeasureOptions): Promise<Figure[]> {
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
        must: { atMost: 1.12 },
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
