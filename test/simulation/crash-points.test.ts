import { expect, test } from 'vitest';
import { crashEverywhere, crashTwiceEverywhere } from './crash-points.ts';
import * as kernel from './kernel.ts';
import { STORIES } from './stories.ts';
import { START_MS } from './world.ts';

test.each(STORIES)('$name: no crash at any call breaks a rule', { timeout: 60_000 }, async (story) => {
  const { calls, points, runs, broken } = await crashEverywhere(kernel, story);
  console.log(`${story.name}: ${points} crash points at ${calls} calls, ${runs} runs`);
  expect(broken).toEqual([]);
  expect(points).toBeGreaterThan(20);
});

test('one message: no two crashes, wherever they come, break a rule', { timeout: 120_000 }, async () => {
  const { points, runs, broken } = await crashTwiceEverywhere(kernel, STORIES[0]!);
  console.log(`two crashes in one message: ${points} points for the first, ${runs} runs`);
  expect(broken).toEqual([]);
  expect(runs).toBeGreaterThan(points * 10);
});

test('a run whose template is deleted on the way: no crash at any call breaks a rule', {
  timeout: 60_000,
}, async () => {
  const deletedAtMs = START_MS + 30_000;
  const vanishing: typeof kernel = {
    ...kernel,
    processRunJob: ({ clock, findTemplate, ...services }, ...rest) =>
      kernel.processRunJob(
        {
          ...services,
          clock,
          findTemplate: async (templateId) => (clock() < deletedAtMs ? findTemplate(templateId) : undefined),
        },
        ...rest,
      ),
  };
  const story = STORIES.find(({ name }) => name === 'a run in which one is refused and one is put off')!;
  const { runs, broken } = await crashEverywhere(vanishing, story);
  expect(broken).toEqual([]);
  expect(runs).toBeGreaterThan(100);
});
