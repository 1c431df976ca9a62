import { expect, test } from 'vitest';
import { type CallPlan, isOutcome, isRead, type PlanCall } from './call-plans.ts';
import { createChance } from './chance.ts';
import { NO_FAULTS } from './faults.ts';
import * as kernel from './kernel.ts';
import { ONCE, type PlannedDeed } from './workload.ts';
import { runWorld } from './world.ts';

const STEADY: CallPlan = { untilEffectMs: 2, untilAnswerMs: 3, outlivesCaller: true };
/**
 * A batch's lease is over a minute after its worker began; until the write arrives another may have taken the
 * batch.
 */
const HELD_UP_MS = [60_500, 64_000];
const SLOW_MS = [3_000, 20_000];

/** What is late in a world: one read by its number, and one write of results by its number. */
interface Late {
  readonly read: number;
  readonly slowMs: number;
  readonly write: number;
  readonly heldUpMs: number;
  readonly grants: number;
}

const DEEDS: readonly PlannedDeed[] = [
  { atMs: 5_000, deed: { type: 'start', run: 0 } },
  { atMs: 64_500, deed: { type: 'pause', run: 0 } },
  { atMs: 65_100, deed: { type: 'resume', run: 0 } },
];

/** A run with one recipient. It goes on when the first worker's lease is just over. */
async function runLate({ read, slowMs, write, heldUpMs, grants }: Late) {
  const counts = { reads: 0, writes: 0 };
  const plan: PlanCall = (label) => {
    if (isRead(label) && ++counts.reads === read) return { ...STEADY, untilAnswerMs: slowMs };
    if (isOutcome(label) && ++counts.writes === write) return { ...STEADY, untilEffectMs: heldUpMs };
    return STEADY;
  };
  const { violation } = await runWorld({
    kernel,
    apps: [
      {
        workload: { templates: [ONCE], granted: { ada: grants }, deeds: DEEDS, horizonMs: 0 },
        faults: NO_FAULTS,
        generous: true,
        pushes: false,
        answersMsgid: true,
        isLimited: false,
      },
    ],
    plan,
    chance: createChance(1),
    faults: NO_FAULTS,
    troubleMs: 0,
    pageSize: 2,
  });
  return { violation, ...counts };
}

test.each([1, 2])(
  '%i grants: no slow read breaks a rule while a write of results is held up',
  async (grants) => {
    const broken: unknown[] = [];
    let worlds = 0;
    for (let write = 1; write <= 6; write++) {
      for (const heldUpMs of HELD_UP_MS) {
        const { reads } = await runLate({ read: 0, slowMs: 0, write, heldUpMs, grants });
        for (let read = 1; read <= reads; read++) {
          for (const slowMs of SLOW_MS) {
            const late = { read, slowMs, write, heldUpMs, grants };
            const { violation } = await runLate(late);
            worlds += 1;
            if (violation) broken.push({ late, rule: violation.rule });
          }
        }
      }
    }
    expect(worlds).toBeGreaterThan(200);
    expect(broken).toEqual([]);
  },
);
