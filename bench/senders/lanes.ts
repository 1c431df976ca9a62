import * as v from 'valibot';
import { serveParent } from '../child-side.ts';

const asked = v.object({
  /** What is done first and not measured: connections open, and what the last pause let go cold is warm again. */
  warmUp: v.array(v.string()),
  jobs: v.array(v.string()),
  inFlight: v.number(),
  batch: v.optional(v.number(), 1),
});

/** What a sender answers after each run. */
export const laneReport = v.object({
  tookMs: v.number(),
  cpuMs: v.number(),
  peakBytes: v.number(),
  failed: v.number(),
});

/** Sends what the parent asks for, `inFlight` at a time, and says what it took of time and of this process's own CPU. */
export function serveSender(send: (jobs: readonly string[]) => Promise<number>): void {
  serveParent('ready', async (request) => {
    const { warmUp, jobs, inFlight, batch } = v.parse(asked, request);
    const lanes = Math.max(1, Math.round(inFlight / batch));
    const sendAll = async (all: readonly string[]) => {
      let failed = 0;
      const waiting = all.values();
      const lane = async () => {
        for (let group = take(waiting, batch); group.length > 0; group = take(waiting, batch)) {
          failed += await send(group);
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      return failed;
    };
    const failedBefore = await sendAll(warmUp);
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    const failed = await sendAll(jobs);
    const { user, system } = process.cpuUsage(cpu);
    return {
      tookMs: performance.now() - startedAt,
      cpuMs: (user + system) / 1000,
      peakBytes: process.resourceUsage().maxRSS * 1024,
      failed: failedBefore + failed,
    };
  });
}

function take(from: ArrayIterator<string>, count: number): string[] {
  const taken: string[] = [];
  while (taken.length < count) {
    const { value, done } = from.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}
