import type { BatchResults } from '../../../lib/campaigns/runs/results.ts';
import type { RunRecord } from '../../../lib/campaigns/runs/run.ts';
import type { Versioned } from '../../../lib/versioned.ts';
import { inCallsOf, type PlantedFault, type ServicesOf, withStore } from './planted-fault.ts';

type Services = ServicesOf<'processRunJob'>;
type Runs = Services['runs'];

/** A fault in how a worker reads and writes what became of a batch's recipients. */
function inRuns(name: string, change: (runs: Runs, services: Services) => Partial<Runs>): PlantedFault {
  return inCallsOf('processRunJob', name, (services) => ({
    ...services,
    runs: { ...services.runs, ...change(services.runs, services) },
  }));
}

/** A worker that takes the run for another than it is. */
function seeing(name: string, change: (run: RunRecord) => RunRecord): PlantedFault {
  return inCallsOf('processRunJob', name, ({ runStatus, ...services }) => ({
    ...services,
    runStatus: {
      read: async (job) => seen(await runStatus.read(job)),
      cached: async (job) => seen(await runStatus.cached(job)),
    },
  }));
  function seen(run: RunRecord | undefined): RunRecord | undefined {
    return run && change(run);
  }
}

/** Both ways of reading results: by themselves, and as the answer to a write. */
function readingResults(runs: Runs, change: (read: BatchResults) => BatchResults): Partial<Runs> {
  const read = ({ value, ...rest }: Versioned<BatchResults>) => ({ ...rest, value: change(value) });
  return {
    loadResults: async (key) => read(await runs.loadResults(key)),
    async putResults(...written) {
      const answer = await runs.putResults(...written);
      return answer === 'conflict' ? answer : read(answer);
    },
  };
}

const nameOf = ({ runId, shard, start: after }: Parameters<Runs['loadResults']>[0]) =>
  `${runId} ${shard} ${after}`;

/** Faults in how runs are started, planned, sent batch by batch, paused and finished. */
export const RUN_FAULTS: readonly PlantedFault[] = [
  inRuns('a batch taken over from a dead worker is not recovered', (runs) =>
    readingResults(runs, (results) => ({ ...results, needsRecovery: false })),
  ),
  inRuns('results are not read again after the ledger', (runs) => {
    const known = new Map<string, Versioned<BatchResults>>();
    return {
      async loadResults(key) {
        const read = known.get(nameOf(key)) ?? (await runs.loadResults(key));
        known.set(nameOf(key), read);
        return read;
      },
      async putResults(key, ...written) {
        const answer = await runs.putResults(key, ...written);
        if (answer === 'conflict') known.delete(nameOf(key));
        else known.set(nameOf(key), answer);
        return answer;
      },
    };
  }),
  inRuns('two workers may have one batch', (runs, { newWorkerId: _ }) =>
    readingResults(runs, ({ lease, ...results }) => ({
      ...results,
      ...(lease && { lease: { ...lease, untilMs: lease.untilMs - 59_000 } }),
    })),
  ),
  inRuns('a batch that is done with stays with another worker', (runs) => {
    const leases = new Map<string, BatchResults['lease']>();
    return {
      async loadResults(key) {
        const read = await runs.loadResults(key);
        leases.set(nameOf(key), read.value.lease);
        return read;
      },
      putResults(key, results, tally) {
        const { lease: own, ...value } = results.value;
        const lease = value.done ? leases.get(nameOf(key)) : own;
        return runs.putResults(key, { ...results, value: { ...value, ...(lease && { lease }) } }, tally);
      },
    };
  }),
  inRuns('what is noted while the batch is being written is forgotten', (runs, { clock }) => {
    let from = 0;
    let to = 0;
    let written: BatchResults['results'] = new Map();
    return {
      async putResults(key, results, tally) {
        const kept = [...results.value.results].filter(([index, { outcome }]) => {
          const noted = outcome.atMs > from && outcome.atMs <= to;
          return written.has(index) || !noted;
        });
        written = new Map(kept);
        from = clock();
        const value = { ...results.value, results: written };
        const answer = await runs.putResults(key, { ...results, value }, tally);
        to = clock();
        return answer;
      },
    };
  }),
  inRuns('a batch is counted each time it is given back', (runs) => ({
    putResults(key, results, tally) {
      const { before = results.value } = results;
      const value = tally ? { ...results.value, counted: { counts: {}, byErrcode: {} } } : before;
      return runs.putResults(key, { ...results, value }, tally);
    },
  })),
  inRuns('a batch is given back while sends of it are under way', (runs) => ({
    putResults(key, results, tally) {
      const { lease, ...given } = results.value;
      const isTaken = lease !== undefined && results.value.results.size === 0;
      return runs.putResults(key, isTaken ? results : { ...results, value: given }, tally);
    },
  })),
  inRuns('the recipients of a batch are planned anew each time', (runs) => ({
    async createBatch(key, batch) {
      await runs.createBatch(key, batch);
      return 'created';
    },
    loadBatch: async (key) =>
      (await runs.loadBatch(key))?.recipients.length ? runs.loadBatch(key) : undefined,
  })),
  inCallsOf('processRunJob', 'what a dead worker was to give back stays in its claim', (services) => {
    const own = new Set<string>();
    return withStore(services, (store) => ({
      async commit(change) {
        const { claim: after } = change.ledger?.value ?? {};
        const { claim: before } = change.ledger?.before ?? {};
        if (after) own.add(after.claimId);
        const isLeft = before && !after && !own.has(before.claimId);
        return isLeft ? 'committed' : store.commit(change);
      },
    }));
  }),
  {
    name: 'claims of a stopped run are left behind',
    plant: (kernel) => ({
      ...kernel,
      async processRunJob(services, job, deadlineMs) {
        const run = job.type === 'send' ? await services.runStatus.read(job) : undefined;
        return run?.status === 'stopped' ? { type: 'done' } : kernel.processRunJob(services, job, deadlineMs);
      },
    }),
  },
  seeing('a grant that came after the run began is taken', (run) => ({
    ...run,
    startedAtMs: Number.MAX_SAFE_INTEGER,
  })),
  seeing('a run goes on sending while it pauses', (run) =>
    run.status === 'paused' ? { ...run, status: 'running' } : run,
  ),
  inCallsOf('processRunJob', 'a job is dropped because of what was known of its run before', (services) => {
    const { runStatus } = services;
    let began = false;
    return {
      ...services,
      runStatus: {
        ...runStatus,
        async read(job) {
          if (began) return runStatus.cached(job);
          const run = await runStatus.read(job);
          began = run !== undefined;
          return run;
        },
      },
    };
  }),
  {
    name: 'batches are planned and not queued',
    plant: (kernel) => ({
      ...kernel,
      processRunJob: (services, job, deadlineMs) =>
        kernel.processRunJob(
          job.type === 'plan' ? { ...services, enqueueJobs: async () => undefined } : services,
          job,
          deadlineMs,
        ),
    }),
  },
  {
    name: 'nobody finishes a run whose last batch was planned after the others were done',
    plant: (kernel) => ({
      ...kernel,
      processRunJob(services, job, deadlineMs) {
        const runs = { ...services.runs, loadTallies: async () => new Map() };
        return kernel.processRunJob(job.type === 'plan' ? { ...services, runs } : services, job, deadlineMs);
      },
    }),
  },
  inCallsOf('eraseUser', 'a planner that has read a user writes them once they are erased', (services) => ({
    ...services,
    runs: { ...services.runs, createBatch: async () => 'created' },
  })),
  inCallsOf('resumeRun', 'what is queued before a pause is of use after it', (services) => ({
    ...services,
    enqueueJobs: async () => undefined,
  })),
  inCallsOf(
    'startRun',
    'a run is stored before its jobs are queued',
    ({ runs, enqueueJobs, ...services }) => {
      const late: (() => Promise<void>)[] = [];
      return {
        ...services,
        enqueueJobs: async (jobs, delayMs) => void late.push(() => enqueueJobs(jobs, delayMs)),
        runs: {
          ...runs,
          async create(run) {
            const result = await runs.create(run);
            for (const queue of late.splice(0)) await queue();
            return result;
          },
        },
      };
    },
  ),
];
