import { runCommand, wholeNumber } from '../operate/command-line.ts';
import * as kernel from '../test/simulation/kernel.ts';
import type { Outcome } from '../test/simulation/outcome.ts';
import { runSeed } from '../test/simulation/run-seed.ts';

const HELP = `Runs the rules of grants, messages, campaigns and events through worlds full of trouble, each made from a seed, in virtual time.

  npm run simulate                     1,000 worlds
  npm run simulate -- --runs 100000    as many as you like
  npm run simulate -- --from 5000      worlds 5000, 5001, ...
  npm run simulate -- --seed 42        one world, with all that happens in it
`;

const OPTIONS = {
  seed: { type: 'string' },
  runs: { type: 'string', default: '1000' },
  from: { type: 'string', default: '1' },
} as const;

const PROGRESS_EVERY = 5_000;
const MOST_SHOWN = 20;

async function runOne(seed: number): Promise<boolean> {
  const outcome = await runSeed(kernel, seed, (line) => console.log(line));
  const { violation, requests } = outcome;
  if (!violation) {
    console.log(
      `\nSeed ${seed}: ${messagesIn(outcome)} messages, ${recipientsIn(outcome)} recipients, ${requests} requests, no rule broken.`,
    );
    return true;
  }
  console.log(`\nSeed ${seed} breaks the rule: ${violation.rule}\n`);
  console.dir(violation.facts, { depth: 6 });
  return false;
}

async function runMany(from: number, runs: number): Promise<boolean> {
  const startedAt = performance.now();
  const sum = { steps: 0, messages: 0, recipients: 0, requests: 0, broken: 0 };
  for (let seed = from; seed < from + runs; seed++) {
    const outcome = await runSeed(kernel, seed);
    sum.steps += outcome.steps;
    sum.messages += messagesIn(outcome);
    sum.recipients += recipientsIn(outcome);
    sum.requests += outcome.requests;
    if (outcome.violation) {
      sum.broken += 1;
      if (sum.broken <= MOST_SHOWN)
        console.log(`${outcome.violation.rule}: npm run simulate -- --seed ${seed}`);
    }
    const done = seed - from + 1;
    if (done % PROGRESS_EVERY === 0 && done < runs)
      console.log(`${done} of ${runs} worlds, ${sum.broken} broken`);
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `${runs} worlds in ${seconds} s: ${sum.steps} steps, ${sum.messages} messages, ${sum.recipients} recipients, ${sum.requests} requests, ${sum.broken} broken`,
  );
  return sum.broken === 0;
}

const messagesIn = ({ messages }: Outcome) => total(messages);
const recipientsIn = ({ recipients }: Outcome) => total(recipients);

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

await runCommand({ name: 'simulate', help: HELP, options: OPTIONS }, async (options) => {
  const good =
    options.seed === undefined
      ? await runMany(wholeNumber('from', options.from), wholeNumber('runs', options.runs, 1))
      : await runOne(wholeNumber('seed', options.seed));
  return good ? 0 : 1;
});
