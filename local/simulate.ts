import { inspect } from 'node:util';
import { JSON_OPTION, print, runCommand, wholeNumber } from '../operate/command-line.ts';
import { say } from '../operate/language.ts';
import * as kernel from '../test/simulation/kernel.ts';
import type { Outcome } from '../test/simulation/outcome.ts';
import { runSeed } from '../test/simulation/run-seed.ts';

const USAGE = {
  name: 'simulate',
  about: say(
    'Runs the rules of grants, messages, campaigns and events through worlds full of trouble, each made from a seed, in virtual time.',
    '让授权、消息、群发和事件的规则在充满故障的世界中运行：每个世界由种子生成，时间是虚拟的。',
  ),
  usages: [
    ['', say('1,000 worlds', '1,000 个世界')],
    ['--runs 100000', say('as many as you like', '任意多个')],
    ['--from 5000', say('worlds 5000, 5001, …', '从第 5000 个开始')],
    ['--seed 42', say('one world, with all that happens in it', '一个世界及其中发生的一切')],
  ],
  options: {
    seed: { type: 'string', value: 'N', help: say('the one world of this seed', '只运行这个种子的世界') },
    runs: {
      type: 'string',
      value: 'N',
      default: '1000',
      help: say('how many worlds (default 1000)', '世界的个数，默认 1000'),
    },
    from: {
      type: 'string',
      value: 'N',
      default: '1',
      help: say('the first seed (default 1)', '第一个种子，默认 1'),
    },
    ...JSON_OPTION,
  },
} as const;

const PROGRESS_EVERY = 5_000;
const MOST_SHOWN = 20;

type Tell = (line: string) => void;

async function runOne(seed: number, tell: Tell) {
  const outcome = await runSeed(kernel, seed, tell);
  const { violation, requests } = outcome;
  const counts = { messages: messagesIn(outcome), recipients: recipientsIn(outcome), requests };
  if (violation) {
    tell(
      say(
        `\nSeed ${seed} breaks the rule: ${violation.rule}\n`,
        `\n种子 ${seed} 违反规则：${violation.rule}\n`,
      ),
    );
    tell(inspect(violation.facts, { depth: 6 }));
    return { seed, ...counts, broken: 1, violation };
  }
  tell(
    say(
      `\nSeed ${seed}: ${counts.messages} messages, ${counts.recipients} recipients, ${requests} requests, no rule broken.`,
      `\n种子 ${seed}：${counts.messages} 条消息，${counts.recipients} 个收件人，${requests} 次请求，没有违反规则。`,
    ),
  );
  return { seed, ...counts, broken: 0 };
}

async function runMany(from: number, runs: number, tell: Tell) {
  const startedAt = performance.now();
  const sum = { steps: 0, messages: 0, recipients: 0, requests: 0, broken: 0 };
  const violations: { seed: number; rule: string }[] = [];
  for (let seed = from; seed < from + runs; seed++) {
    const outcome = await runSeed(kernel, seed);
    sum.steps += outcome.steps;
    sum.messages += messagesIn(outcome);
    sum.recipients += recipientsIn(outcome);
    sum.requests += outcome.requests;
    if (outcome.violation) {
      sum.broken += 1;
      violations.push({ seed, rule: outcome.violation.rule });
      if (sum.broken <= MOST_SHOWN) tell(`${outcome.violation.rule}: npm run simulate -- --seed ${seed}`);
    }
    const done = seed - from + 1;
    if (done % PROGRESS_EVERY === 0 && done < runs)
      process.stderr.write(
        `${say(`${done} of ${runs} worlds, ${sum.broken} broken`, `${done}/${runs} 个世界，${sum.broken} 个违反规则`)}\n`,
      );
  }
  const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1));
  const { steps, messages, recipients, requests, broken } = sum;
  tell(
    say(
      `${runs} worlds in ${seconds} s: ${steps} steps, ${messages} messages, ${recipients} recipients, ${requests} requests, ${broken} broken`,
      `${runs} 个世界，用时 ${seconds} 秒：${steps} 步，${messages} 条消息，${recipients} 个收件人，${requests} 次请求，${broken} 个违反规则`,
    ),
  );
  return { from, runs, seconds, ...sum, violations };
}

const messagesIn = ({ messages }: Outcome) => total(messages);
const recipientsIn = ({ recipients }: Outcome) => total(recipients);

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

await runCommand(USAGE, async (options) => {
  const tell = options.json ? () => undefined : print;
  const told =
    options.seed === undefined
      ? await runMany(wholeNumber('from', options.from), wholeNumber('runs', options.runs, 1), tell)
      : await runOne(wholeNumber('seed', options.seed), tell);
  if (options.json) print(JSON.stringify(told));
  return told.broken === 0 ? 0 : 1;
});
