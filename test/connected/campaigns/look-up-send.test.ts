import { expect, onTestFinished, test, vi } from 'vitest';
import { buildServices } from '../../../handlers/process-events.ts';
import type { Campaign } from '../../../lib/campaigns/campaign.ts';
import { readRecipient } from '../../../lib/campaigns/runs/read-run.ts';
import { QUIET } from '../../contract/running-service.ts';
import { TEMPLATE, useCampaigns } from './campaign-world.ts';

vi.setConfig({ testTimeout: 60_000 });

const isFinished = ({ status }: { status: string }) => status === 'finished';

async function useEvents() {
  const world = await useCampaigns();
  const events = await buildServices(world.stack.env, { logger: QUIET });
  onTestFinished(() => events.close());
  return {
    world,
    async ran(campaign: Campaign): Promise<string> {
      const runId = await world.start(campaign);
      await world.until(campaign, runId, isFinished);
      return runId;
    },
    /** WeChat's final word on one send. */
    tell: (openid: string, msgid: string, errcode = 0) =>
      events.servicesOf().apply({
        type: 'sent',
        openid,
        createdAtMs: Date.now(),
        items: [
          {
            templateId: TEMPLATE.templateId,
            msgid,
            errcode,
            errorStatus: errcode === 0 ? 'success' : 'failed',
          },
        ],
      }),
    async msgidOf(runId: string, openid: string): Promise<string> {
      return (await readRecipient(world.services, runId, openid))?.outcome?.msgid ?? '';
    },
  };
}

test('what WeChat says of a send is joined though others to the same user came after it', async () => {
  const { world, ran, tell, msgidOf } = await useEvents();
  const [arrived = '', lost = ''] = await world.grantees(3, { grants: 3 });
  const campaign = await world.campaign();
  const other = await world.campaign({ name: 'another' });
  const first = await ran(campaign);
  await ran(campaign);
  await ran(other);
  await tell(arrived, await msgidOf(first, arrived));
  await tell(lost, await msgidOf(first, lost), 10);
  await tell(arrived, await msgidOf(first, arrived));
  await world.stack.idle();
  expect(await world.read(campaign, first)).toMatchObject({
    counts: { sent: 1, delivered: 1, failed: 1 },
    byErrcode: { 10: 1 },
  });
  expect(await readRecipient(world.services, first, lost)).toMatchObject({ state: 'failed' });
});

test('its msgid says more than that a send of unknown fate fits the time', async () => {
  const { world, ran, tell, msgidOf } = await useEvents();
  const [openid = ''] = await world.grantees(1, { grants: 2 });
  const campaign = await world.campaign();
  const first = await ran(campaign);
  world.wechat.addFault({ call: 'send', kind: 'reset', openid });
  const second = await ran(campaign);
  await tell(openid, await msgidOf(first, openid));
  expect(await readRecipient(world.services, first, openid)).toMatchObject({ state: 'delivered' });
  expect(await readRecipient(world.services, second, openid)).toMatchObject({ state: 'unknown' });
  // One that no send of ours answered is that of the send whose answer was lost.
  await tell(openid, '987654321');
  expect(await readRecipient(world.services, second, openid)).toMatchObject({ state: 'delivered' });
});
