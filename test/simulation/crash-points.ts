import type { CallPlan, PlanCall } from './call-plans.ts';
import { createChance } from './chance.ts';
import { NO_FAULTS } from './faults.ts';
import type { Kernel } from './kernel.ts';
import type { Outcome } from './outcome.ts';
import type { Story } from './stories.ts';
import { ONCE, type Workload } from './workload.ts';
import { runWorld } from './world.ts';

/** How a story went when it was let die at every point. */
export interface CrashReport {
  /** Calls to the outside, each of which has a point before and a point after its effect. */
  readonly calls: number;
  readonly points: number;
  readonly runs: number;
  readonly broken: readonly {
    readonly points: readonly number[];
    readonly rule: string;
    readonly facts: unknown;
  }[];
}

const STEADY: CallPlan = { untilEffectMs: 2, untilAnswerMs: 3, outlivesCaller: false };

/**
 * Counts the calls and lets the function die at the given points: twice the number of the call, plus one for
 * after its effect.
 */
function dyingAt(
  points: readonly number[],
  slow: Story['slow'] = {},
): { plan: PlanCall; calls: () => number } {
  let calls = 0;
  const plan: PlanCall = (label) => {
    const point = 2 * calls++;
    const call = { ...STEADY, untilEffectMs: slow[label] ?? STEADY.untilEffectMs };
    if (points.includes(point)) return { ...call, crash: 'before' };
    if (points.includes(point + 1)) return { ...call, crash: 'after' };
    return call;
  };
  return { plan, calls: () => calls };
}

async function runStory(
  kernel: Kernel,
  { deeds, granted = {}, script = [], pushes = false, slow, apps = 1 }: Story,
  points: readonly number[],
): Promise<{ outcome: Outcome; calls: number }> {
  const { plan, calls } = dyingAt(points, slow);
  const workload: Workload = { templates: [ONCE], granted, deeds, horizonMs: 0 };
  const app = { workload, faults: NO_FAULTS, generous: true, pushes, answersMsgid: true, isLimited: false };
  const outcome = await runWorld({
    kernel,
    plan,
    apps: Array.from({ length: apps }, () => app),
    chance: createChance(1),
    faults: NO_FAULTS,
    troubleMs: 0,
    pageSize: 2,
    script,
  });
  return { outcome, calls: calls() };
}

/** Runs the story once without a crash to count its points, then with one at each of them. */
export async function crashEverywhere(kernel: Kernel, story: Story): Promise<CrashReport> {
  const { calls, outcome } = await runStory(kernel, story, []);
  if (outcome.violation)
    throw new Error(`${story.name} breaks "${outcome.violation.rule}" without any crash.`);
  const points = Array.from({ length: 2 * calls }, (_, point) => [point]);
  return {
    calls,
    points: points.length,
    runs: points.length,
    broken: await brokenRuns(kernel, story, points),
  };
}

/**
 * Runs the story with a crash at each pair of points; the second may lie in what the first one brought about.
 */
export async function crashTwiceEverywhere(kernel: Kernel, story: Story): Promise<CrashReport> {
  const { calls } = await runStory(kernel, story, []);
  const pairs: number[][] = [];
  for (let first = 0; first < 2 * calls; first++) {
    const { calls: after } = await runStory(kernel, story, [first]);
    for (let second = first + 1; second < 2 * after; second++) pairs.push([first, second]);
  }
  return { calls, points: 2 * calls, runs: pairs.length, broken: await brokenRuns(kernel, story, pairs) };
}

async function brokenRuns(kernel: Kernel, story: Story, runs: readonly number[][]) {
  const broken: { points: readonly number[]; rule: string; facts: unknown }[] = [];
  for (const points of runs) {
    const { outcome } = await runStory(kernel, story, points);
    if (outcome.violation) broken.push({ points, ...outcome.violation });
  }
  return broken;
}
