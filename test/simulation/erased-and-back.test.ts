import { expect, test } from 'vitest';
import type { CallPlan, PlanCall } from './call-plans.ts';
import { createChance } from './chance.ts';
import { NO_FAULTS } from './faults.ts';
import * as kernel from './kernel.ts';
import { ONCE, type PlannedDeed } from './workload.ts';
import { runWorld } from './world.ts';

const STEADY: CallPlan = { untilEffectMs: 2, untilAnswerMs: 3, outlivesCaller: false };
/** The erasure looks for runs so late that the user is back, and a run has sent to them. */
const LOOKS_AFTER_MS = 8_000;

const BACK: PlannedDeed = {
  atMs: 2_000,
  deed: {
    type: 'report',
    report: { openid: 'ada', requestId: 'back', report: { results: { once: 'accept' }, silent: [] } },
    calls: 1,
    popup: false,
  },
};
const ERASED: PlannedDeed = { atMs: 1_000, deed: { type: 'erase', openid: 'ada', calls: 1 } };
const START: PlannedDeed = { atMs: 5_000, deed: { type: 'start', run: 0 } };

interface Variant {
  readonly name: string;
  readonly deeds: readonly PlannedDeed[];
  /** WeChat's first answers. */
  readonly script?: readonly number[];
}

const VARIANTS: readonly Variant[] = [
  { name: 'goes on', deeds: [START] },
  { name: 'is stopped', deeds: [START, { atMs: 5_300, deed: { type: 'stop', run: 0 } }] },
  { name: 'sends again after a refusal', deeds: [START], script: [45011] },
  {
    name: 'is for those whom an earlier one failed to reach',
    deeds: [
      { atMs: 0, deed: { type: 'start', run: 0 } },
      { atMs: 5_000, deed: { type: 'start', run: 1, ofRun: 0 } },
    ],
    script: [47003],
  },
];

/** `point` is twice the number of the call at which a function dies, plus one for after its effect. */
async function runDyingAt(point: number, { deeds, script = [] }: Variant) {
  let calls = 0;
  let hasLooked = false;
  const plan: PlanCall = (label) => {
    const call = calls++;
    if (call === Math.floor(point / 2)) return { ...STEADY, crash: point % 2 === 0 ? 'before' : 'after' };
    if (label !== 'list runs' || hasLooked) return STEADY;
    hasLooked = true;
    return { ...STEADY, untilEffectMs: LOOKS_AFTER_MS };
  };
  const app = {
    workload: { templates: [ONCE], granted: { ada: 1 }, deeds: [ERASED, BACK, ...deeds], horizonMs: 0 },
    faults: NO_FAULTS,
    generous: true,
    pushes: false,
    answersMsgid: true,
    isLimited: false,
  };
  const { violation, recipients } = await runWorld({
    kernel,
    apps: [app],
    plan,
    chance: createChance(1),
    faults: NO_FAULTS,
    troubleMs: 0,
    pageSize: 2,
    script,
  });
  return { violation, recipients, calls };
}

test.each(VARIANTS)(
  'who came back before their erasure reached a run that $name is accounted for there, whatever dies',
  async (variant) => {
    const { calls } = await runDyingAt(-1, variant);
    const broken: unknown[] = [];
    let unknown = 0;
    for (let point = 0; point < 2 * calls; point++) {
      const { violation, recipients } = await runDyingAt(point, variant);
      if (violation) broken.push({ point, rule: violation.rule });
      unknown += recipients['unknown'] ?? 0;
    }
    expect(broken).toEqual([]);
    expect(unknown).toBeGreaterThan(0);
  },
);
