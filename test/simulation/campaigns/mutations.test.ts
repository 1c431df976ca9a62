import { expect, test } from 'vitest';
import { loadMutated } from '../mutated-kernel.ts';
import type { CampaignKernel } from './kernel.ts';
import { CAMPAIGN_MUTATIONS } from './mutations.ts';
import { runCampaignSeed } from './workload.ts';

const SEEDS = 8_000;

test.each(CAMPAIGN_MUTATIONS)(
  'a fault in campaigns is found: $name',
  { timeout: 400_000 },
  async (mutation) => {
    const kernel = await loadMutated<CampaignKernel>(mutation, 'test/simulation/campaigns/kernel.ts');
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { violation } = await runCampaignSeed(kernel, seed);
      if (!violation) continue;
      console.log(`${mutation.name}: seed ${seed}, "${violation.rule}"`);
      return;
    }
    expect.unreachable(`${SEEDS} worlds did not show it`);
  },
);
