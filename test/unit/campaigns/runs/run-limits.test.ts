import { expect, test } from 'vitest';
import type { RunRecord } from '../../../../lib/campaigns/runs/run.ts';
import { createRunRateLimiters } from '../../../../lib/campaigns/runs/run-rate-limiters.ts';
import type { RateLimitStore } from '../../../../lib/limits/shared-rate-limit.ts';

function runOf(id: string, maxPerSecond?: number): RunRecord {
  return {
    id,
    campaignId: 'c',
    status: 'running',
    trigger: 'manual',
    dryRun: false,
    source: { type: 'grantees' },
    content: {
      templateId: 't',
      data: {},
      miniprogramState: 'formal',
      lang: 'zh_CN',
      fit: false,
      ...(maxPerSecond !== undefined && { maxPerSecond }),
    },
    startedAtMs: 0,
    generation: 0,
  };
}

const untouched: RateLimitStore = {
  load: () => Promise.reject(new Error('not read')),
  commit: () => Promise.reject(new Error('not written')),
};

function usePacers() {
  const opened: string[] = [];
  const pacerOf = createRunRateLimiters({
    clock: () => 0,
    sleep: async () => undefined,
    random: () => 0,
    logger: { info() {}, warn() {}, error() {} },
    storeOf: ({ id }) => {
      opened.push(id);
      return untouched;
    },
  });
  return { opened, pacerOf };
}

test('a run without a rate of its own has no rate limiter', () => {
  const { opened, pacerOf } = usePacers();
  expect(pacerOf(runOf('r1'))).toBeUndefined();
  expect(opened).toEqual([]);
});

test('a run with a rate has one rate limiter, over the limit that all containers share', () => {
  const { opened, pacerOf } = usePacers();
  const pacer = pacerOf(runOf('r1', 5));
  expect(pacer).toBeDefined();
  expect(pacerOf(runOf('r1', 5))).toBe(pacer);
  expect(pacerOf(runOf('r2', 5))).not.toBe(pacer);
  expect(opened).toEqual(['r1', 'r2']);
});
