import { expect, test, vi } from 'vitest';
import { readItem } from '../../../lib/dynamodb/items.ts';
import type { Table } from '../../../lib/dynamodb/table.ts';
import { readErasedRuns } from '../../../operate/audit/erased-runs.ts';
import { scanPages } from '../../../operate/scan-pages.ts';
import { TEMPLATE, useCampaigns } from './campaign-world.ts';

vi.setConfig({ testTimeout: 60_000 });

/** The keys of all that belongs to campaigns. */
async function campaignItems({ client, name }: Table): Promise<string[]> {
  const found: string[] = [];
  for await (const { Items = [] } of scanPages({ client }, { TableName: name })) {
    for (const { pk, sk } of Items.map(readItem)) {
      if (/#(campaigns|campaign#|run#)/.test(String(pk))) found.push(`${pk} ${sk}`);
    }
  }
  return found.sort();
}

test('a campaign is deleted with the batches of its runs, a bounded part in each call, and counts as forgotten once', async () => {
  const world = await useCampaigns();
  const { table, campaigns } = world;
  await world.grantees(24, { grants: 2 });
  const [kept, gone] = [await world.campaign(), await world.campaign({ maxPerSecond: 1_000 })];
  const runs = [await world.start(kept), await world.start(gone), await world.start(gone, { dryRun: true })];
  for (const [index, runId] of runs.entries()) {
    await world.until(index === 0 ? kept : gone, runId, ({ status }) => status === 'finished');
  }
  await world.stack.idle();
  const before = await campaignItems(table);
  const ofKept = before.filter((key) => key.includes(kept.id) || key.includes(runs[0] ?? ''));
  expect(ofKept.length).toBeGreaterThan(15);
  expect(before.length).toBeGreaterThan(ofKept.length + 30);

  let calls = 0;
  for (let answer = 'more'; answer === 'more'; calls++) {
    let left = 1;
    answer = await campaigns.erase(gone.id, () => left-- > 0);
    const now = await campaignItems(table);
    expect(before.length - now.length).toBeLessThanOrEqual((calls + 1) * 30);
  }
  expect(calls).toBeGreaterThan(5);
  expect(await campaignItems(table)).toEqual(ofKept);
  await campaigns.erase(gone.id);
  expect(await readErasedRuns(table)).toEqual(new Map([[TEMPLATE.templateId, 1]]));
});
