import { expect, test } from 'vitest';
import * as kernel from './kernel.ts';
import { runCampaignSeed } from './workload.ts';

const SEEDS = Number(process.env['SEEDS'] ?? 400);

test(`no rule of campaigns is broken in ${SEEDS} worlds`, { timeout: 300_000 }, async () => {
  const broken: string[] = [];
  const states: Record<string, number> = {};
  let requests = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const outcome = await runCampaignSeed(kernel, seed);
    if (outcome.violation) broken.push(`${outcome.violation.rule}: seed ${seed}`);
    for (const [state, count] of Object.entries(outcome.states)) states[state] = (states[state] ?? 0) + count;
    requests += outcome.requests;
  }
  console.log(states, requests);
  expect(broken).toEqual([]);
});
