import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { print, runCommand, wholeNumber } from '../../operate/command-line.ts';
import { say } from '../../operate/language.ts';
import { fuzzPushes } from './fuzz-pushes.ts';

const USAGE = {
  name: 'fuzz',
  about: say(
    "Sends mutated and forged pushes of WeChat's to the real handler and looks for crashes, answers of 5xx, events that WeChat did not sign, and a growing heap. Exits with 1 when something was found.",
    '向真实的处理函数发送变异和伪造的微信推送，查找崩溃、5xx、未经微信签名的事件和内存增长。有发现时退出码为 1。',
  ),
  usages: [
    ['', say('200,000 cases, about two minutes', '200,000 例，约两分钟')],
    ['--cases 3000', say('as many as you like', '任意多例')],
    ['--seed 42', say('the same cases again', '重复相同的用例')],
    ['--seed 42 --case 1234', say('one of them', '其中一例')],
  ],
  options: {
    cases: {
      type: 'string',
      value: 'N',
      default: '200000',
      help: say('how many (default 200000)', '用例数，默认 200000'),
    },
    seed: {
      type: 'string',
      value: 'N',
      default: String(Date.now() % 1_000_000),
      help: say('what they are made from (default: the time)', '生成用例的种子，默认取当前时间'),
    },
    case: { type: 'string', value: 'N', help: say('only this one', '只运行这一例') },
  },
} as const;

/** The heap may grow by this much over a whole run; what stays behind per request would show. */
const HEAP_MAY_GROW_MB = 32;

await runCommand(USAGE, async (options) => {
  const one = options.case === undefined ? undefined : wholeNumber('case', options.case);
  const count = one === undefined ? wholeNumber('cases', options.cases, 1) : 1;
  const isFine = await fuzz(wholeNumber('seed', options.seed), one ?? 0, count);
  // The handler's connections go with this process.
  process.exit(isFine ? 0 : 1);
});

async function fuzz(seed: number, first: number, count: number): Promise<boolean> {
  const warmUp = Math.min(20_000, Math.floor(count / 10));
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const heapMb = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };

  let heapBefore = heapMb();
  let highestRssMb = 0;
  const startedAt = performance.now();
  const result = await fuzzPushes({
    seed,
    first,
    count,
    onProgress(done) {
      if (done === warmUp) heapBefore = heapMb();
      if (done % 1000 === 0) highestRssMb = Math.max(highestRssMb, process.memoryUsage().rss / 2 ** 20);
      if (done % 20_000 === 0) print(`${done}/${count} …`);
    },
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const grownMb = heapMb() - heapBefore;
  const { findings, statuses, queued, slowestMs } = result;

  for (const finding of findings) print(finding);
  const answers = [...statuses].sort(([a], [b]) => a - b).map(([status, times]) => `${status} ×${times}`);
  print(
    `${count} cases with seed ${seed} in ${seconds.toFixed(0)} s: ${answers.join(', ')}; ${queued} queued`,
  );
  print(
    `slowest ${slowestMs.toFixed(0)} ms; heap grew ${grownMb.toFixed(1)} MB after ${warmUp} cases, process at most ${highestRssMb.toFixed(0)} MB`,
  );
  const isFine = findings.length === 0 && grownMb < HEAP_MAY_GROW_MB;
  print(isFine ? 'Nothing found.' : `${findings.length} found.`);
  return isFine;
}
