import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fuzzPushes } from './fuzz-pushes.ts';

const HELP = `Sends mutated and forged pushes of WeChat's to the real handler and looks for crashes, answers of 5xx, events that WeChat did not
sign, and a growing heap. Exits with 1 when something was found.

  npm run fuzz                               200,000 cases, about two minutes
  npm run fuzz -- --cases 3000               as many as you like
  npm run fuzz -- --seed 42                  the same cases again
  npm run fuzz -- --seed 42 --case 1234      one of them
`;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '200000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    case: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit();
}
const seed = Number(values.seed);
const one = values.case === undefined ? undefined : Number(values.case);
const count = one === undefined ? Number(values.cases) : 1;

/** The heap may grow by this much over a whole run; what stays behind per request would show. */
const HEAP_MAY_GROW_MB = 32;
const WARM_UP = Math.min(20_000, Math.floor(count / 10));

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
  first: one ?? 0,
  count,
  onProgress(done) {
    if (done === WARM_UP) heapBefore = heapMb();
    if (done % 1000 === 0) highestRssMb = Math.max(highestRssMb, process.memoryUsage().rss / 2 ** 20);
    if (done % 20_000 === 0) console.log(`${done}/${count} …`);
  },
});
const seconds = (performance.now() - startedAt) / 1000;
const grownMb = heapMb() - heapBefore;
const { findings, statuses, queued, slowestMs } = result;

for (const finding of findings) console.log(finding);
const answers = [...statuses].sort(([a], [b]) => a - b).map(([status, times]) => `${status} ×${times}`);
console.log(
  `${count} cases with seed ${seed} in ${seconds.toFixed(0)} s: ${answers.join(', ')}; ${queued} queued`,
);
console.log(
  `slowest ${slowestMs.toFixed(0)} ms; heap grew ${grownMb.toFixed(1)} MB after ${WARM_UP} cases, process at most ${highestRssMb.toFixed(0)} MB`,
);
const isFine = findings.length === 0 && grownMb < HEAP_MAY_GROW_MB;
console.log(isFine ? 'Nothing found.' : `${findings.length} found.`);
process.exit(isFine ? 0 : 1);
