import { type Figure, median, quantile } from './figures.ts';

const PART = 'console';

/** So many pages watch it at a time. */
export const WATCHERS = 3;
/** A run of this size has room for a dozen, which a busy moment of the machine does not falsify. */
export const PHASE_MS = 20_000;

/** What the API and the sender did in a phase. */
export interface Phase {
  readonly isWatched: boolean;
  readonly answersMs: readonly number[];
  readonly perSecond: number;
}

/** What a page did while it was open. */
export interface Watching {
  readonly requestsPerMinute: number;
  readonly longestTaskMs: number;
  readonly heapBytes: number;
  readonly grownBytes: number;
}

/** What watching does to the API and to the sender. */
export function figuresOfApi(recipients: number, phases: readonly Phase[]): Figure[] {
  const of = (isWatched: boolean) => {
    const some = phases.filter((phase) => phase.isWatched === isWatched);
    const answersMs = some.flatMap((phase) => phase.answersMs);
    return {
      ms: median(answersMs),
      p95Ms: quantile(answersMs, 0.95),
      perSecond: median(some.map(({ perSecond }) => perSecond)),
    };
  };
  const [alone, watched] = [of(false), of(true)];
  const by = `${WATCHERS} pages watching a run of ${recipients}`;
  return [
    {
      part: PART,
      name: `GET …/runs/{runId}, nobody watching a run of ${recipients}`,
      value: alone.ms,
      unit: 'ms',
    },
    { part: PART, name: 'the same, slowest in twenty', value: alone.p95Ms, unit: 'ms' },
    {
      part: PART,
      name: `GET …/runs/{runId}, ${by}`,
      value: watched.ms,
      unit: 'ms',
      ratio: { of: 'nobody watching', value: watched.ms / alone.ms },
    },
    {
      part: PART,
      name: `the same, slowest in twenty of ${WATCHERS} watching`,
      value: watched.p95Ms,
      unit: 'ms',
      ratio: { of: 'nobody watching', value: watched.p95Ms / alone.p95Ms },
    },
    {
      part: PART,
      name: `sends of one container, ${by}`,
      value: watched.perSecond,
      unit: 'sends/s',
      ratio: { of: 'nobody watching', value: watched.perSecond / alone.perSecond },
    },
  ];
}

/** What watching takes of the page. */
export function figuresOfPage(watchings: readonly Watching[]): Figure[] {
  const of = (value: (one: Watching) => number) => median(watchings.map(value));
  const name = 'one page that watches';
  return [
    {
      part: PART,
      name: `${name}: requests a minute`,
      value: of(({ requestsPerMinute }) => requestsPerMinute),
      unit: '',
      must: { atMost: 40 },
    },
    {
      part: PART,
      name: `${name}: longest task`,
      value: of(({ longestTaskMs }) => longestTaskMs),
      unit: 'ms',
    },
    {
      part: PART,
      name: `${name}: memory`,
      value: of(({ heapBytes }) => heapBytes) / 2 ** 20,
      unit: 'MB',
    },
    {
      part: PART,
      name: `${name}: memory more after ${PHASE_MS / 1000} s`,
      value: of(({ grownBytes }) => grownBytes) / 2 ** 20,
      unit: 'MB',
      must: { atMost: 5 },
    },
  ];
}
