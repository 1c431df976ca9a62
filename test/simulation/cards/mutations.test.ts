import { expect, test } from 'vitest';
import { NO_TRACE } from '../trace.ts';
import { issueMessage, runCardWorld } from './card-world.ts';
import * as kernel from './kernel.ts';
import { CARD_FAULTS } from './planted-faults.ts';

const SEEDS = 6_000;

test.each(CARD_FAULTS)('a fault is found: $name', { timeout: 200_000 }, async ({ name, plant }) => {
  const faulty = plant(kernel);
  for (let seed = 1; seed <= SEEDS; seed++) {
    const rule = issueMessage(await runCardWorld(faulty, seed, NO_TRACE));
    if (rule === undefined) continue;
    console.log(`${name}: seed ${seed}, "${rule}"`);
    return;
  }
  expect.unreachable(`${SEEDS} worlds did not show it`);
});
