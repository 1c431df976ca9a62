import * as v from 'valibot';
import { serveParent } from '../child-side.ts';

const asked = v.object({
  jobs: v.array(v.string()),
  /** So many are done before measuring begins: connections open, and what grew cold while others were measured is warm again. */
  warmUp: v.number(),
  inFlight: v.number(),
  batch: v.number(),
});

/** What a sender answers after each run. */
export const laneReport = v.object({
  /** Jobs that were done while it was measured. */
  done: v.number(),
  tookMs: v.number(),
  cpuMs: v.number(),
  peakBytes: v.number(),
  failed: v.number(),
});

/**
 * Does what the parent asks for, `inFlight` at a time, and says what it took of time and of this process's own CPU, from the end of the
 * warm-up until there is nothing left for one of the lanes: with all lanes at work throughout.
 */
export function serveSender(send: (jobs: readonly string[]) => Promise<number>): void {
  serveParent('ready', async (request) => {
    const { jobs, warmUp, inFlight, batch } = v.parse(asked, request);
    const lanes = Math.max(1, Math.round(inFlight / batch));
    const waiting = jobs.values();
    let done = 0;
    let failed = 0;
    const mark = () => ({ done, atMs: performance.now(), cpu: process.cpuUsage() });
    let begin: ReturnType<typeof mark> | undefined;
    let end: ReturnType<typeof mark> | undefined;
    const lane = async () => {
      for (let group = take(waiting, batch); group.length > 0; group = take(waiting, batch)) {
        failed += await send(group);
        done += group.length;
        if (done >= warmUp) begin ??= mark();
      }
      end ??= mark();
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    if (!begin || !end || begin.done >= end.done) throw new Error('Nothing was left to measure.');
    const cpuMicroseconds = end.cpu.user + end.cpu.system - begin.cpu.user - begin.cpu.system;
    return {
      done: end.done - begin.done,
      tookMs: end.atMs - begin.atMs,
      cpuMs: cpuMicroseconds / 1_000,
      peakBytes: process.resourceUsage().maxRSS * 1024,
      failed,
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
