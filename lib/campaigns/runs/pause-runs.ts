import { type HaltServices, pauseRun } from './control-run.ts';

const PER_PAGE = 100;

/** Holds back every run of a campaign that is running. @throws ContentionError */
export async function pauseRunsOf(services: HaltServices, campaignId: string): Promise<void> {
  let after: string | undefined;
  do {
    const page = await services.runs.list(campaignId, PER_PAGE, after);
    for (const { id, status } of page.items) {
      if (status === 'running') await pauseRun(services, campaignId, id);
    }
    after = page.next;
  } while (after !== undefined);
}
