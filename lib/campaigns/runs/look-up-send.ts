import type { Clock } from '../../clock.ts';
import { everyPage } from '../../listing.ts';
import type { DeliveryReceipt } from '../../sends/delivery-receipt.ts';
import type { CampaignStore } from '../campaign-store.ts';
import { recipientSendId } from './recipient-send.ts';
import type { RunRecord } from './run.ts';
import type { RunStore } from './run-store.ts';

export interface SendLookupServices {
  readonly campaigns: Pick<CampaignStore, 'list'>;
  readonly runs: Pick<RunStore, 'list' | 'shardOf' | 'batchBefore' | 'loadResults'>;
  readonly clock: Clock;
}

/** A delivery receipt that names its send by the msgid. */
export type NamingReceipt = Pick<DeliveryReceipt, 'openid' | 'templateId' | 'createdAtMs'> & {
  readonly msgid: string;
};

const CAMPAIGNS_AT_ONCE = 100;
/** Of each campaign so many runs are looked at, the latest. */
const RUNS_OF_EACH = 20;
/** Which runs there are is asked again after this. A send is older than that when another to the same user has come after it. */
const RUNS_LAST_MS = 10_000;
/** What WeChat says of a send comes no later than this after the end of its run. */
const AFTER_THE_END_MS = 24 * 60 * 60_000;
const CLOCK_SKEW_MS = 60_000;

/**
 * Finds sends of campaigns that no ledger names any more, because others to the same user came after them: by looking the user up in
 * each run of the template that was under way not long before. Takes some reads, and is for the few of whom nothing else is known.
 */
export function createSendLookup({
  campaigns,
  runs,
  clock,
}: SendLookupServices): (receipt: NamingReceipt) => Promise<string | undefined> {
  let known: { readonly atMs: number; readonly runs: Promise<readonly RunRecord[]> } | undefined;

  async function list(): Promise<readonly RunRecord[]> {
    const found: RunRecord[] = [];
    for await (const items of everyPage((after) => campaigns.list(CAMPAIGNS_AT_ONCE, after))) {
      const latest = await Promise.all(items.map(({ value }) => runs.list(value.id, RUNS_OF_EACH)));
      found.push(...latest.flatMap((batch) => batch.items).filter(({ dryRun }) => !dryRun));
    }
    return found.toSorted((one, other) => other.startedAtMs - one.startedAtMs);
  }

  async function latestRuns(): Promise<readonly RunRecord[]> {
    if (known && clock() - known.atMs < RUNS_LAST_MS) return known.runs;
    known = { atMs: clock(), runs: list() };
    known.runs.catch(() => {
      known = undefined;
    });
    return known.runs;
  }

  return async ({ openid, templateId, msgid, createdAtMs }) => {
    for (const run of (await latestRuns()).filter((each) => mayHaveSent(each, templateId, createdAtMs))) {
      const found = await runs.batchBefore(run.id, runs.shardOf(openid), openid);
      const index = found?.batch.recipients.findIndex((recipient) => recipient.openid === openid) ?? -1;
      if (!found || index < 0) continue;
      const { results } = (await runs.loadResults(found.key)).value;
      if (results.get(index)?.outcome.msgid === msgid)
        return recipientSendId({ runId: run.id, openid, index });
    }
    return undefined;
  };
}

function mayHaveSent(
  { content, startedAtMs, finishedAtMs }: RunRecord,
  templateId: string,
  atMs: number,
): boolean {
  return (
    content.templateId === templateId &&
    startedAtMs - CLOCK_SKEW_MS <= atMs &&
    (finishedAtMs === undefined || atMs <= finishedAtMs + AFTER_THE_END_MS)
  );
}
