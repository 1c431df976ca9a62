import { type Figure, median, middleOf } from '../figures.ts';
import type { MeasureOptions } from '../options.ts';
import { EMPTY, openColdFunctions } from './cold-functions.ts';
import { startCold } from './runtime-api.ts';

const PART = 'cold start';
/** A cold start is short, so it takes more rounds to see it through the noise. */
const ROUNDS_EACH = 3;
const MUST: Readonly<Record<string, number>> = {
  sessions: 3.6,
  grants: 4.3,
  messages: 4.5,
  'send-messages': 4.4,
  'send-campaign': 4.4,
};

/** Measures each function from the start of its process to the answer of its first invocation, under AWS's runtime client. */
export async function measureColdStart(o: MeasureOptions): Promise<readonly Figure[]> {
  const { runtimeClient, subjects, close } = await openColdFunctions(o.print);
  try {
    const taken = new Map<string, number[]>();
    for (let round = 0; round <= o.rounds * ROUNDS_EACH; round++) {
      for (const { name, started, makeEvent } of subjects) {
        const { ms, answer } = await startCold(runtimeClient, started, await makeEvent());
        // The first round fills the machine's caches of files, and shows that each function does its work.
        if (round === 0) o.print(`  ${name}: ${answer.slice(0, 90)}`);
        else taken.set(name, [...(taken.get(name) ?? []), ms]);
      }
      o.print(`  round ${round} of ${o.rounds * ROUNDS_EACH}`);
    }
    const floor = median(taken.get(EMPTY) ?? []);
    return [...taken].map(([name, values]): Figure => {
      const measured = middleOf(values);
      const atMost = MUST[name];
      return {
        part: PART,
        name,
        ...measured,
        unit: 'ms',
        ratio: { of: EMPTY, value: measured.value / floor },
        ...(atMost !== undefined && { must: { atMost } }),
      };
    });
  } finally {
    await close();
  }
}
