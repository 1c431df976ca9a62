import { expect, test } from 'vitest';
import * as kernel from './kernel.ts';
import { type Outcome, runSeed } from './world.ts';

const SEEDS = 1_000;

test(`no rule is broken in ${SEEDS} worlds`, { timeout: 120_000 }, async () => {
  const broken: string[] = [];
  const sum = { messages: 0, requests: 0, unknown: 0, canceled: 0, refused: 0, failed: 0, sent: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const outcome = await runSeed(kernel, seed);
    if (outcome.violation) broken.push(`${outcome.violation.rule}: npm run simulate -- --seed ${seed}`);
    addUp(sum, outcome);
  }
  expect(broken).toEqual([]);
  // Worlds in which little happens would prove little.
  expect(sum.messages).toBeGreaterThan(2 * SEEDS);
  expect(sum.requests).toBeGreaterThan(SEEDS);
  for (const state of ['sent', 'unknown', 'canceled', 'refused', 'failed'] as const) {
    expect(sum[state], state).toBeGreaterThan(SEEDS / 20);
  }
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

function addUp(sum: Record<string, number>, { state, messages, requests }: Outcome): void {
  sum['messages']! += messages;
  sum['requests']! += requests;
  for (const message of state.messages.values()) sum[message.state]! += 1;
}
