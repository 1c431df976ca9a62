import { expect, test, vi } from 'vitest';
import { eraseRecipient } from '../../../lib/campaigns/erase-recipient.ts';
import { pauseRun, resumeRun } from '../../../lib/campaigns/runs/control-run.ts';
import { readRecipient, recipientsOf } from '../../../lib/campaigns/runs/read-run.ts';
import { createRecipientEraser } from '../../../lib/dynamodb/dynamodb-recipient-eraser.ts';
import { createUserEraser } from '../../../lib/dynamodb/dynamodb-user-eraser.ts';
import { scanPages } from '../../../lib/dynamodb/items.ts';
import { eraseUser } from '../../../lib/users/erase-user.ts';
import { useCampaigns } from './campaign-world.ts';

vi.setConfig({ testTimeout: 60_000 });

type World = Awaited<ReturnType<typeof useCampaigns>>;

const isFinished = ({ status }: { status: string }) => status === 'finished';
const always = () => true;

function erasing({ table, services }: World) {
  const eraser = createUserEraser(table, { newVersion: services.newUuid });
  const recipients = createRecipientEraser(table, { ...services, newVersion: services.newUuid });
  return { ...services, store: services.messages, eraser, recipients };
}

/** The keys of all items in which a text occurs, whether in the key or in what stands there. */
async function itemsWith({ table: { client, name } }: World, text: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { Items = [] } of scanPages({ client }, { TableName: name })) {
    for (const item of Items) {
      if (JSON.stringify(item).includes(text)) found.push(`${item['pk']?.S} ${item['sk']?.S}`);
    }
  }
  return found;
}

/** How often a user was sent to. */
const sentTo = ({ wechat }: World, openid: string) => wechat.received({ call: 'send', openid }).items.length;

test('who is erased is gone from lists and runs; a run that goes on skips them, and counts stay as they are', async () => {
  const world = await useCampaigns();
  const openids = await world.grantees(60, { grants: 3 });
  const named = openids.slice(0, 40).map((openid) => ({ openid, variables: { name: '茶' } }));
  const listed = await world.campaign({ audience: { type: 'recipients', count: 0, pages: 0 } });
  await world.upload(listed, [...named, ...openids.slice(40).map((openid) => ({ openid }))]);
  await world.until(listed, await world.start(listed), isFinished);

  const campaign = await world.campaign({ maxPerSecond: 10 });
  const runId = await world.start(campaign);
  await world.until(campaign, runId, ({ counts }) => counts.sent > 3);
  await pauseRun(world.services, campaign.id, runId);
  await world.stack.idle();
  const before = await world.read(campaign, runId);
  expect(before.counts.pending).toBeGreaterThan(10);
  const states = await Promise.all(openids.map((openid) => readRecipient(world.services, runId, openid)));
  const reached = openids.find((_, index) => states[index]?.state === 'sent') ?? '';
  const waiting = openids.find((_, index) => states[index]?.state === 'pending') ?? '';
  const sentBefore = sentTo(world, waiting);

  for (const openid of [reached, waiting]) {
    const result = await eraseUser(erasing(world), openid);
    expect(result).toMatchObject({ type: 'erased', templates: 1, places: 3 });
    expect(result).not.toHaveProperty('next');
    expect(await itemsWith(world, openid)).toEqual([]);
  }
  expect((await world.campaigns.load(listed.id))?.value.audience).toMatchObject({ count: 58 });
  expect(await world.read(campaign, runId)).toEqual(before);

  await resumeRun(world.services, campaign.id, runId);
  const after = await world.until(campaign, runId, isFinished);
  expect(after).toMatchObject({ recipients: 60, counts: { sent: 59, skipped: 1, pending: 0 } });
  expect(sentTo(world, waiting)).toBe(sentBefore);
  const told: string[] = [];
  for await (const page of recipientsOf(world.services, after))
    told.push(...page.map(({ openid }) => openid));
  expect(told.toSorted()).toEqual(openids.filter((one) => one !== reached && one !== waiting).toSorted());
});

test('goes over long lists and many runs a part at a time, and again does no harm', async () => {
  const world = await useCampaigns();
  const [openid = '', ...others] = world.wechat.createUsers(31);
  for (let n = 0; n < 3; n++) {
    const campaign = await world.campaign({ audience: { type: 'recipients', count: 0, pages: 0 } });
    await world.upload(campaign, [{ openid }, ...others.map((other) => ({ openid: other }))]);
    for (let run = 0; run < 2; run++) {
      await world.until(campaign, await world.start(campaign, { dryRun: true }), isFinished);
    }
  }
  let [places, calls] = [0, 0];
  for (let from: Parameters<typeof eraseRecipient>[2]; calls === 0 || from; calls++) {
    const result = await eraseRecipient(erasing(world), openid, from, () => false);
    places += result.erased;
    from = result.next;
  }
  expect(calls).toBe(6);
  expect(places).toBe(9);
  expect(await itemsWith(world, openid)).toEqual([]);
  expect(await eraseRecipient(erasing(world), openid, undefined, always)).toEqual({ erased: 0 });
});

test('waits for a run that is still being planned', async () => {
  const world = await useCampaigns({ pollers: 0 });
  const [openid = ''] = await world.grantees(3);
  const campaign = await world.campaign();
  await world.start(campaign);
  const runs = { campaignId: campaign.id, runsAfter: '' };
  for (const from of [undefined, runs, runs]) {
    const result = await eraseRecipient(erasing(world), openid, from, () => false);
    expect(result).toEqual({ erased: 0, next: runs });
  }
});
