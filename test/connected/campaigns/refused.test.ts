import { describe, expect, test, vi } from 'vitest';
import { pauseRun, resumeRun } from '../../../lib/campaigns/runs/control-run.ts';
import { grantsOf } from '../../../lib/grants/ledger.ts';
import { TEMPLATE, useCampaigns } from './campaign-world.ts';

vi.setConfig({ testTimeout: 60_000 });

describe('a campaign on an account that WeChat refuses', () => {
  test.each([
    [48004, 'All sending'],
    [43107, 'Sending of one template'],
    [99999, 'Sending of one template'],
  ])(
    'with errcode %i fails a few, spends nobody’s grant, and goes on when it is over',
    async (errcode, what) => {
      let aheadMs = 0;
      const lines: string[] = [];
      const note = (message: string) => void lines.push(message);
      const world = await useCampaigns({
        clock: () => Date.now() + aheadMs,
        logger: { info: note, warn: note, error: note },
      });
      const openids = await world.grantees(300);
      world.wechat.setLatency({ ms: 20 });
      world.wechat.addFault({ call: 'send', kind: 'errcode', errcode, times: 10_000 });
      const campaign = await world.campaign();
      const runId = await world.start(campaign);

      await world.until(campaign, runId, ({ recipients, counts }) => recipients === 300 && counts.failed > 0);
      await expect.poll(() => lines.some((line) => line.startsWith(`${what} is stopped`))).toBe(true);
      await world.stack.idle();
      const stopped = await world.read(campaign, runId);
      expect(stopped.status).toBe('running');
      // Three of each page that several workers had begun with, and no more.
      expect(stopped.counts.failed).toBeLessThan(60);
      expect(stopped.counts.pending).toBe(300 - stopped.counts.failed);
      for (const openid of openids.slice(0, 40)) {
        const { value } = await world.messages.loadLedger(openid);
        expect(grantsOf(value, TEMPLATE.templateId)).toMatchObject({ available: 1, held: 0 });
      }

      world.wechat.clearFaults();
      aheadMs = 20 * 60_000;
      // Its jobs wait on the queue for the end of the pause: going on queues them anew.
      await pauseRun(world.services, campaign.id, runId);
      await resumeRun(world.services, campaign.id, runId);
      const sent = await world.until(campaign, runId, ({ counts }) => counts.sent > 0);
      expect(sent.counts.failed).toBe(stopped.counts.failed);
    },
  );
});
