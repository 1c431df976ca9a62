import { type Figure, median, middleOf } from './figures.ts';
import type { MeasureOptions } from './options.ts';
import {
  BLOG,
  CAMPAIGNS,
  CO_WECHAT,
  FLOOR,
  IN_FLIGHT,
  LATENCY_MS,
  openRunners,
  PIPELINE,
  type Round,
  type Runner,
  runOnce,
} from './throughput-subjects.ts';

const PART = 'throughput';
/** A measurement is to take about so long at the limit; what is slower takes longer. */
const IDEAL_MS = 1_000;
/** Before the first round: a sender that has been at work for some seconds. */
const WARM_UP = 2_000;
/** Before each measurement: the other subjects had their turns meanwhile, and connections closed. */
const WARM_UP_PER_LANE = 4;
/** A container as it is deployed: what it reaches of the bare client's rate. */
const MUST: Readonly<Record<string, number>> = { [`${PIPELINE}@10`]: 0.9, [`${CAMPAIGNS}@50`]: 0.85 };

/** Measures the whole pipeline and, in the same rounds, the floor and the peers that only make the call. */
export async function measureThroughput(o: MeasureOptions): Promise<readonly Figure[]> {
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const { runners, wechat } = await openRunners(o, closing);
    const rounds = new Map<string, Round[]>();
    for (const runner of runners)
      await runOnce(
        runner,
        {
          inFlight: runner.inFlight.at(-1) ?? 10,
          warmUp: 0,
          count: runner.name === BLOG ? 40 : inInvocations(runner, WARM_UP),
        },
        wechat,
      );
    for (let round = 1; round <= o.rounds; round++) {
      for (const inFlight of IN_FLIGHT) {
        for (const runner of runners.filter((one) => one.inFlight.includes(inFlight))) {
          const ideal = Math.max(200, (inFlight / LATENCY_MS) * IDEAL_MS);
          const before = WARM_UP_PER_LANE * Math.max(inFlight, 100);
          const [warmUp, count] =
            runner.name === BLOG ? [0, 40] : [inInvocations(runner, before), inInvocations(runner, ideal)];
          const result = await runOnce(runner, { inFlight, warmUp, count }, wechat);
          const key = `${runner.name}@${inFlight}`;
          rounds.set(key, [...(rounds.get(key) ?? []), result]);
          o.print(
            `  round ${round}: ${key}: ${result.perSecond.toFixed(0)}/s, ${result.cpuPerThousandMs.toFixed(0)} ms CPU per 1,000`,
          );
        }
      }
    }
    return figuresOf(runners, rounds);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** As many sends or a few more, so that no invocation has less to do than the others. */
function inInvocations({ job, batch = 1 }: Runner, sends: number): number {
  const each = job.sends * batch;
  return Math.ceil(sends / each) * each;
}

function figuresOf(runners: readonly Runner[], rounds: ReadonlyMap<string, readonly Round[]>): Figure[] {
  const of = (name: string, inFlight: number) => rounds.get(`${name}@${inFlight}`) ?? [];
  const rates = runners.flatMap(({ name, inFlight }) =>
    inFlight.map((n): Figure => {
      const measured = middleOf(of(name, n).map(({ perSecond }) => perSecond));
      const limit = (name === BLOG ? 1 : n) / (LATENCY_MS / 1000);
      return {
        part: PART,
        name: `${name}, ${name === BLOG ? 1 : n} in flight`,
        ...measured,
        unit: 'sends/s',
        ratio: { of: `${limit}/s`, value: measured.value / limit },
      };
    }),
  );
  const beside = runners
    .filter(({ name }) => name === PIPELINE || name === CAMPAIGNS)
    .flatMap(({ name, inFlight }) =>
      inFlight.map((n): Figure => {
        const rateOf = (subject: string) => median(of(subject, n).map(({ perSecond }) => perSecond));
        const atLeast = MUST[`${name}@${n}`];
        return {
          part: PART,
          name: `${name} beside the floor, ${n} in flight`,
          value: rateOf(name),
          unit: 'sends/s',
          ratio: { of: FLOOR, value: rateOf(name) / rateOf(FLOOR) },
          ...(atLeast !== undefined && { must: { atLeast } }),
        };
      }),
    );
  const bare = median(of(CO_WECHAT, 100).map(({ cpuPerThousandMs }) => cpuPerThousandMs));
  const costs = runners.map(({ name, inFlight }): Figure => {
    const n = inFlight.includes(100) ? 100 : 10;
    const measured = middleOf(of(name, n).map(({ cpuPerThousandMs }) => cpuPerThousandMs));
    return {
      part: 'CPU',
      name: `${name}, 1,000 sends`,
      ...measured,
      unit: 'ms',
      ratio: { of: CO_WECHAT, value: measured.value / bare },
      ...(name === PIPELINE && { must: { atMost: 1.5 } }),
    };
  });
  const memory = runners.map(({ name, inFlight }): Figure => {
    const peaks = inFlight.flatMap((n) => of(name, n).map(({ peakBytes }) => peakBytes / 2 ** 20));
    return { part: 'memory', name: `${name}, peak`, value: Math.max(...peaks), unit: 'MB' };
  });
  return [...rates, ...beside, ...costs, ...memory];
}
