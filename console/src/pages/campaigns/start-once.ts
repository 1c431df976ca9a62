import { answered, api, QingniaoProblem, type Schemas } from '../../api/client.ts';

type Run = Schemas['Run'];

/**
 * Starts a run so that a second press does not start a second one. Where the answer to the first was lost the run may
 * have begun: then the campaign's latest run is looked at before another is started. @throws QingniaoProblem
 */
export function startingOnce(campaignId: string, trigger: Run['trigger'], start: () => Promise<Run>) {
  /** The latest run before the start whose answer was lost. */
  let before: { readonly latest: string | undefined } | undefined;

  return async (): Promise<Run> => {
    const latest = await latestRun(campaignId);
    if (before && latest && latest.id !== before.latest && isSame(latest)) return latest;
    before ??= { latest: latest?.id };
    try {
      const run = await start();
      before = undefined;
      return run;
    } catch (error) {
      if (error instanceof QingniaoProblem && wasRefused(error)) before = undefined;
      throw error;
    }
  };

  function isSame(run: Run): boolean {
    return run.trigger === trigger && !run.dryRun;
  }
}

async function latestRun(id: string): Promise<Run | undefined> {
  const params = { path: { id }, query: { limit: 1 } };
  return (await answered(api.GET('/v1/campaigns/{id}/runs', { params }))).items[0];
}

/** That the service surely did nothing. */
function wasRefused({ code, status }: QingniaoProblem): boolean {
  return code !== 'no-answer' && status < 500;
}
