import { runCommand, wholeNumber } from '../operate/command-line.ts';
import * as campaignKernel from '../test/simulation/campaigns/kernel.ts';
import { runCampaignSeed } from '../test/simulation/campaigns/workload.ts';
import * as kernel from '../test/simulation/kernel.ts';
import { type Outcome, runSeed } from '../test/simulation/world.ts';

const HELP = `Runs the rules of grants and delivery through worlds full of trouble, each made from a seed, in virtual time.

  npm run simulate                     1,000 worlds
  npm run simulate -- --runs 100000    as many as you like
  npm run simulate -- --from 5000      worlds 5000, 5001, ...
  npm run simulate -- --seed 42        one world, with all that happens in it
  npm run simulate -- --campaigns      the same of campaigns, with any of the above
`;

const OPTIONS = {
  seed: { type: 'string' },
  runs: { type: 'string', default: '1000' },
  from: { type: 'string', default: '1' },
  campaigns: { type: 'boolean', default: false },
} as const;

const PROGRESS_EVERY = 5_000;
const MOST_SHOWN = 20;

/** A world of campaigns, told in the words of one of messages. */
async function runCampaigns(seed: number, trace?: (line: string) => void) {
  const { states, ...outcome } = await runCampaignSeed(campaignKernel, seed, trace);
  const messages = Object.values(states).reduce((sum, count) => sum + count, 0);
  return { steps: 0, messages, ...outcome };
}

type World = Pick<Outcome, 'violation' | 'steps' | 'messages' | 'requests'>;

interface Worlds {
  readonly again: string;
  run(seed: number, trace?: (line: string) => void): Promise<World>;
}

const MESSAGES: Worlds = {
  again: 'npm run simulate -- --seed',
  run: (seed, trace) => runSeed(kernel, seed, trace),
};
const CAMPAIGNS: Worlds = { again: 'npm run simulate -- --campaigns --seed', run: runCampaigns };

async function runOne(worlds: Worlds, seed: number): Promise<boolean> {
  const outcome = await worlds.run(seed, (line) => console.log(line));
  const { violation, messages, requests } = outcome;
  if (!violation) {
    console.log(`\nSeed ${seed}: ${messages} messages, ${requests} requests, no rule broken.`);
    return true;
  }
  console.log(`\nSeed ${seed} breaks the rule: ${violation.rule}\n`);
  console.dir(violation.facts, { depth: 6 });
  return false;
}

async function runMany(worlds: Worlds, from: number, runs: number): Promise<boolean> {
  const startedAt = performance.now();
  const sum = { steps: 0, messages: 0, requests: 0, broken: 0 };
  for (let seed = from; seed < from + runs; seed++) {
    const outcome = await worlds.run(seed);
    add(sum, outcome, `${worlds.again} ${seed}`);
    const done = seed - from + 1;
    if (done % PROGRESS_EVERY === 0 && done < runs)
      console.log(`${done} of ${runs} worlds, ${sum.broken} broken`);
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `${runs} worlds in ${seconds} s: ${sum.steps} steps, ${sum.messages} messages, ${sum.requests} requests, ${sum.broken} broken`,
  );
  return sum.broken === 0;
}

function add(
  sum: { steps: number; messages: number; requests: number; broken: number },
  { steps, messages, requests, violation }: World,
  again: string,
): void {
  sum.steps += steps;
  sum.messages += messages;
  sum.requests += requests;
  if (!violation) return;
  sum.broken += 1;
  if (sum.broken <= MOST_SHOWN) {
    console.log(`${violation.rule}: ${again}`);
  }
}

await runCommand({ name: 'simulate', help: HELP, options: OPTIONS }, async (options) => {
  const worlds = options.campaigns ? CAMPAIGNS : MESSAGES;
  const good =
    options.seed === undefined
      ? await runMany(worlds, wholeNumber('from', options.from), wholeNumber('runs', options.runs, 1))
      : await runOne(worlds, wholeNumber('seed', options.seed));
  return good ? 0 : 1;
});
