import { createPacer, type Pacer, type PacerOptions } from '../../delivery/pacer.ts';
import type { PaceStore } from '../../delivery/shared-pace.ts';
import type { RunRecord } from './run.ts';

/** What the pacers of runs need from outside. */
export interface RunPacerOptions extends Omit<PacerOptions, 'store' | 'maxPerSecond' | 'measure'> {
  /** Where all containers share the pace of this run. */
  readonly storeOf: (run: RunRecord) => PaceStore;
}

/** A container works on a few runs at a time. */
const MOST_PACERS = 50;

/** The pacers of runs that have a rate of their own, each made once. */
export function createRunPacers(options: RunPacerOptions): (run: RunRecord) => Pacer | undefined {
  const pacers = new Map<string, Pacer>();
  return (run) => {
    const { maxPerSecond } = run.content;
    if (maxPerSecond === undefined) return undefined;
    const known = pacers.get(run.id);
    if (known) return known;
    const pacer = createPacer({ ...options, store: options.storeOf(run), maxPerSecond });
    if (pacers.size >= MOST_PACERS) pacers.clear();
    pacers.set(run.id, pacer);
    return pacer;
  };
}
