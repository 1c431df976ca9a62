import type { Mutation } from '../mutations.ts';
import { type PlantedFault, plantIn } from '../planted-fault.ts';
import { SEND_FAULTS } from '../send-faults.ts';

const inRecords = plantIn<typeof import('../../../lib/sends/send-record.ts')>('lib/sends/send-record.ts');
const inPages = plantIn<typeof import('../../../lib/campaigns/runs/send-batch.ts')>(
  'lib/campaigns/runs/send-batch.ts',
);
const inRecentGrants = plantIn<typeof import('../../../lib/grants/recent-grants.ts')>(
  'lib/grants/recent-grants.ts',
);

/** Faults that a person could make in the code of campaigns. The simulation must notice each of them. */
export const CAMPAIGN_MUTATIONS: readonly (Mutation | PlantedFault)[] = [
  ...SEND_FAULTS,
  inRecords(
    'the result of a refused recipient says that the grant is spent',
    'afterAttempt',
    (real) =>
      (...args) => {
        const after = real(...args);
        return { ...after, lastClaim: { ...after.lastClaim, effect: 'spend' } };
      },
  ),
  inPages('claims of a stopped run are left behind', 'tidyStopped', () => async () => ({ type: 'done' })),
  inRecentGrants('a grant that came after the run began is taken', 'grantedAfter', () => () => 0),
  {
    name: 'the recipients of a page are planned anew each time',
    file: 'lib/campaigns/runs/plan-run.ts',
    find: '  return { page: (await runs.loadPage(place)) ?? page, isNew: false };',
    replace: '  return { page, isNew: true };',
  },
  {
    name: 'a plan job goes on before its pages are queued',
    file: 'lib/campaigns/runs/plan-run.ts',
    find: '    if (page.next === undefined) {\n      await queue.flush();\n      await runs.setPlanned(run.id, shard, planned);',
    replace: '    if (page.next === undefined) {\n      await runs.setPlanned(run.id, shard, planned);',
  },
  {
    name: 'two workers may have one page',
    file: 'lib/campaigns/runs/result-buffer.ts',
    find: "    if (lease && lease.untilMs > clock()) return { type: 'busy', untilMs: lease.untilMs };\n",
    replace: '',
  },
  {
    name: 'a page that is done with stays with another worker',
    file: 'lib/campaigns/runs/result-buffer.ts',
    find: '...(lease && !done && !hasPage && { lease }),',
    replace: '...(lease && !hasPage && { lease }),',
  },
  {
    name: 'what is noted while the page is being written is forgotten',
    file: 'lib/campaigns/runs/result-buffer.ts',
    find: '        if (unwritten.get(index) === finding) unwritten.delete(index);',
    replace: '        if (finding) unwritten.clear();',
  },
  {
    name: 'a page is counted each time it is given back',
    file: 'lib/campaigns/runs/result-buffer.ts',
    find: '          counted: tallyOf(page),\n          done,',
    replace: '          done,',
  },
  {
    name: 'a job is dropped because of an old look at its run',
    file: 'lib/campaigns/runs/work-on-run.ts',
    find: '  const after = await look.now(job);',
    replace: '  const after = await look.lately(job);',
  },
  {
    name: 'what is queued before a pause is of use after it',
    file: 'lib/campaigns/runs/control-run.ts',
    find: '    await services.enqueueJobs(planJobs(resumed, services.runs.shards, services.clock()), 0);\n',
    replace: '',
  },
  {
    name: 'a run goes on sending while it pauses',
    file: 'lib/campaigns/runs/work-on-run.ts',
    find: "isOver(run) || run.status === 'paused'",
    replace: 'isOver(run)',
  },
  {
    name: 'a run is stored before its jobs are queued',
    file: 'lib/campaigns/runs/start-run.ts',
    find: "  await services.enqueueJobs(planJobs(run, runs.shards, clock()), 0);\n  if ((await runs.create(run)) === 'created') return { type: 'started', run };",
    replace:
      "  if ((await runs.create(run)) === 'created') {\n    await services.enqueueJobs(planJobs(run, runs.shards, clock()), 0);\n    return { type: 'started', run };\n  }",
  },
  {
    name: 'nobody finishes a run whose last page was planned after the others were done',
    file: 'lib/campaigns/runs/plan-run.ts',
    find: '      await finishIfDone(services, run);\n',
    replace: '',
  },
  {
    name: 'a page is given back while sends of it are under way',
    file: 'lib/campaigns/runs/send-to-batch.ts',
    find: 'await Promise.allSettled(lanes);',
    replace: 'await Promise.race([Promise.allSettled(lanes), services.sleep(1_000).then(() => [])]);',
  },
];
