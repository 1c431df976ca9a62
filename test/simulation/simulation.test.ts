import { expect, test } from 'vitest';
import * as kernel from './kernel.ts';
import type { Outcome } from './outcome.ts';
import { runSeed } from './run-seed.ts';

const SEEDS = 1_000;

test(`no rule is broken in ${SEEDS} worlds`, { timeout: 120_000 }, async () => {
  const broken: string[] = [];
  const sum = { messages: {}, recipients: {} };
  let requests = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const outcome = await runSeed(kernel, seed);
    if (outcome.violation) broken.push(`${outcome.violation.rule}: npm run simulate -- --seed ${seed}`);
    requests += outcome.requests;
    addUp(sum.messages, outcome.messages);
    addUp(sum.recipients, outcome.recipients);
  }
  expect(broken).toEqual([]);
  // Worlds in which little happens would prove little.
  expect(requests).toBeGreaterThan(2 * SEEDS);
  const ends = ['sent', 'delivered', 'unknown', 'canceled', 'refused', 'failed', 'expired', 'collapsed'];
  for (const state of ends) expect(sum.messages, state).toHaveProperty(state, expect.toSatisfy(isMany));
  for (const state of ['sent', 'delivered', 'unknown', 'skipped', 'refused', 'failed'])
    expect(sum.recipients, state).toHaveProperty(state, expect.toSatisfy(isMany));
});

test('the same seed gives the same world', async () => {
  const tell = async () => {
    const lines: string[] = [];
    await runSeed(kernel, 7, (line) => lines.push(line));
    return lines;
  };
  const first = await tell();
  expect(first.length).toBeGreaterThan(5);
  expect(await tell()).toEqual(first);
});

const isMany = (count: number) => count > SEEDS / 500;

function addUp(sum: Record<string, number>, counts: Outcome['messages']): void {
  for (const [state, count] of Object.entries(counts)) sum[state] = (sum[state] ?? 0) + count;
}
