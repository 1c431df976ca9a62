import { expect, test } from 'vitest';
import { createChance } from '../chance.ts';
import { type CallPlan, NO_FAULTS, type PlanCall } from '../faults.ts';
import * as kernel from './kernel.ts';
import { type CampaignDeed, type CampaignOutcome, runCampaignWorld } from './world.ts';

/** A short story that is run once for each moment at which a function in it can die. */
interface Story {
  readonly name: string;
  readonly users: Readonly<Record<string, number>>;
  readonly deeds: readonly { readonly atMs: number; readonly deed: CampaignDeed }[];
  /** WeChat's first answers. */
  readonly script?: number[];
}

const START = { atMs: 5_000, deed: { type: 'start', run: 0 } } as const;

const STORIES: readonly Story[] = [
  { name: 'three recipients on two pages', users: { ada: 1, cyd: 1, eve: 2 }, deeds: [START] },
  {
    name: 'one is refused, one is put off',
    users: { ada: 1, cyd: 1 },
    deeds: [START],
    script: [43101, 45011],
  },
  {
    name: 'a run that pauses and goes on',
    users: { ada: 1, cyd: 1 },
    deeds: [
      START,
      { atMs: 5_060, deed: { type: 'pause', run: 0 } },
      { atMs: 9_000, deed: { type: 'resume', run: 0 } },
    ],
  },
  {
    name: 'a message of its own to a recipient',
    users: { ada: 2 },
    deeds: [START, { atMs: 5_030, deed: { type: 'message', openid: 'ada', hold: true } }],
  },
];

const STEADY: CallPlan = { untilEffectMs: 2, untilAnswerMs: 3, outlivesCaller: false };

/** Runs a story with the function dying at the given point: twice the number of the call, plus one for after its effect. */
async function runStory(
  { users, deeds, script }: Story,
  point: number,
): Promise<{ outcome: CampaignOutcome; calls: number }> {
  let calls = 0;
  const plan: PlanCall = () => {
    const before = 2 * calls++;
    if (point === before) return { ...STEADY, crash: 'before' };
    return point === before + 1 ? { ...STEADY, crash: 'after' } : STEADY;
  };
  const outcome = await runCampaignWorld({
    kernel,
    users,
    deeds,
    plan,
    chance: createChance(1),
    faults: NO_FAULTS,
    troubleMs: 0,
    generous: true,
    pageSize: 2,
    ...(script && { script }),
  });
  return { outcome, calls };
}

test.each(STORIES)('$name: no crash at any call breaks a rule', async (story) => {
  const { calls, outcome } = await runStory(story, -1);
  expect(outcome.violation).toBeUndefined();
  expect(calls).toBeGreaterThan(30);
  const broken: unknown[] = [];
  for (let point = 0; point < 2 * calls; point++) {
    const { violation } = (await runStory(story, point)).outcome;
    if (violation) broken.push({ point, ...violation });
  }
  expect(broken).toEqual([]);
});
