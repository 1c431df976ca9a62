import { v7 as uuidV7 } from 'uuid';
import { expect, test } from 'vitest';
import type { Campaign, Recipient } from '../../../lib/campaigns/campaign.ts';
import type { CampaignStore } from '../../../lib/campaigns/campaign-store.ts';
import { addRecipients } from '../../../lib/campaigns/recipients/add-recipients.ts';
import { createCampaignStore } from '../../../lib/dynamodb/dynamodb-campaign-store.ts';
import { QUIET } from '../../contract/running-service.ts';
import { useTable } from '../../support/dynamodb.ts';
import { template } from '../../support/templates.ts';

const table = await useTable();
let versions = 0;
const store = createCampaignStore(table, { newVersion: () => `v${++versions}`, logger: QUIET });
const NOW = Date.parse('2026-11-23T00:00:00Z');

/** A campaign that nobody has been named for. */
async function useCampaign(): Promise<string> {
  const campaign: Campaign = {
    id: `cmp_${uuidV7().replaceAll('-', '')}`,
    name: 'Autumn',
    templateId: 'order-paid-template',
    data: { thing1: '{{name}}', date2: '2026年12月1日', amount3: '￥1.00' },
    miniprogramState: 'formal',
    lang: 'zh_CN',
    fit: false,
    audience: { type: 'recipients', count: 0, pages: 0 },
    status: 'active',
    createdAtMs: NOW,
    updatedAtMs: NOW,
  };
  await store.create(campaign, []);
  return campaign.id;
}

/** Adds recipients as one function would, whose clock can be set and whose writes can be broken off. */
function uploader(own: Partial<CampaignStore> = {}, nowMs = NOW) {
  return (id: string, recipients: readonly Recipient[]) =>
    addRecipients(
      {
        store: { ...store, ...own },
        templates: { find: async () => template() },
        newUploadId: () => uuidV7({ msecs: nowMs }),
        clock: () => nowMs,
        sleep: async () => undefined,
        random: () => 0.5,
      },
      id,
      { recipients, hash: `${recipients[0]?.openid} ${recipients.length}`, pathOf: (index) => `${index}` },
    );
}

const people = (prefix: string, count: number): Recipient[] =>
  Array.from({ length: count }, (_, index) => ({
    openid: `${prefix}${index}`,
    variables: { name: `${index % 9}` },
  }));

/** Everyone who counts. */
async function recipientsOf(id: string): Promise<readonly string[]> {
  const audience = (await store.load(id))?.value.audience;
  if (audience?.type !== 'recipients') throw new Error('It has no recipients.');
  const pages = await Promise.all(
    Array.from({ length: audience.pages }, (_, page) => store.recipientsOf(id, page)),
  );
  const openids = pages.flat().map(({ openid }) => openid);
  expect(openids).toHaveLength(audience.count);
  expect(pages.every((page) => page.length <= 100)).toBe(true);
  return openids;
}

const openidsOf = (recipients: readonly Recipient[]) => recipients.map(({ openid }) => openid);

test('several uploads add up, each in pages of a hundred', async () => {
  const id = await useCampaign();
  const [first, second] = [people('a', 250), people('b', 101)];
  expect(await uploader()(id, first)).toMatchObject({
    type: 'added',
    campaign: { audience: { count: 250, pages: 3 } },
  });
  expect(await uploader()(id, second)).toMatchObject({
    type: 'added',
    campaign: { audience: { count: 351, pages: 5 } },
  });
  expect(await recipientsOf(id)).toEqual([...openidsOf(first), ...openidsOf(second)]);
});

test('an upload that broke off counts for nothing, holds others up for a minute, and is then written over', async () => {
  const id = await useCampaign();
  let pages = 0;
  const breaking = uploader({
    async putRecipients(...page) {
      pages += 1;
      if (pages > 5) throw new Error('The function was killed.');
      return store.putRecipients(...page);
    },
  });
  await expect(breaking(id, people('lost', 1000))).rejects.toThrow('killed');
  expect(await recipientsOf(id)).toEqual([]);
  expect(await uploader({}, NOW + 30_000)(id, people('b', 150))).toEqual({ type: 'other-upload' });
  expect(await uploader({}, NOW + 61_000)(id, people('b', 150))).toMatchObject({ type: 'added' });
  expect(await recipientsOf(id)).toEqual(openidsOf(people('b', 150)));
});

test('an upload that was held up for a minute can neither count any more nor harm the next', async () => {
  const id = await useCampaign();
  const next = people('next', 300);
  let heldUp = false;
  const slow = uploader({
    async putRecipients(...page) {
      if (!heldUp) {
        heldUp = true;
        expect(await uploader({}, NOW + 61_000)(id, next)).toMatchObject({ type: 'added' });
      }
      return store.putRecipients(...page);
    },
  });
  expect(await slow(id, people('slow', 900))).toEqual({ type: 'other-upload' });
  expect(await recipientsOf(id)).toEqual(openidsOf(next));
});

test('of uploads at the same time each adds everyone or nobody', async () => {
  const id = await useCampaign();
  const uploads = ['a', 'b', 'c', 'd'].map((prefix) => people(prefix, 1000));
  const results = await Promise.all(uploads.map((recipients) => uploader()(id, recipients)));
  const added = uploads.filter((_, index) => results[index]?.type === 'added').flat();
  expect(added.length).toBeGreaterThan(0);
  expect((await recipientsOf(id)).toSorted()).toEqual(openidsOf(added).toSorted());
});

test('what is wrong with one recipient adds nobody', async () => {
  const id = await useCampaign();
  const recipients = [...people('a', 150), { openid: 'b' }];
  expect(await uploader()(id, recipients)).toEqual({
    type: 'invalid-variables',
    errors: [{ path: '150.variables.name', message: { en: 'Required', zh: '必填' } }],
  });
  expect((await store.load(id))?.value.upload).toBeUndefined();
  expect(await recipientsOf(id)).toEqual([]);
});

test('thirty thousand take seconds', { timeout: 30_000 }, async () => {
  const id = await useCampaign();
  const startedAt = performance.now();
  expect(await uploader()(id, people('o', 30_000))).toMatchObject({ type: 'added' });
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect((await store.load(id))?.value.audience).toEqual({ type: 'recipients', count: 30_000, pages: 300 });
});

test('a campaign is erased with all that belongs to it', async () => {
  const id = await useCampaign();
  await uploader()(id, people('o', 3000));
  await store.erase(id);
  await store.erase(id);
  expect(await store.load(id)).toBeUndefined();
  expect(await store.recipientsOf(id, 0)).toEqual([]);
  expect(await store.recipientsOf(id, 29)).toEqual([]);
});
