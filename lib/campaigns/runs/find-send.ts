import type { Clock } from '../../clock.ts';
import type { Ledger } from '../../grants/ledger.ts';
import { findMessageSend } from '../../messages/message-port.ts';
import type { MessageStore } from '../../messages/message-store.ts';
import { everyPage } from '../../paginate.ts';
import type { DeliveryReceipt, ReceiptCandidate } from '../../sends/delivery-receipt.ts';
import type { Send } from '../../sends/send-port.ts';
import type { CampaignStore } from '../campaign-store.ts';
import { readRecipientSendId, recipientSendId } from './recipient-port.ts';
import { difference, NOT_BEGUN, tallyOf } from './results.ts';
import type { RunRecord } from './run.ts';
import { findInRun, type RunStore, type TallyChange } from './run-store.ts';

interface RecipientSendServices {
  readonly runs: Pick<RunStore, 'resultsOf' | 'putResults' | 'putWithLedger'>;
  readonly clock: Clock;
}

/** The send to a run's recipient by its id; undefined for another kind of id. */
export async function findRecipientSend(
  { runs, clock }: RecipientSendServices,
  id: string,
): Promise<Send | undefined> {
  const recipient = readRecipientSendId(id);
  if (!recipient) return undefined;
  const { runId, openid, index } = recipient;
  const found = await runs.resultsOf(runId, openid);
  if (!found) return { id, record: undefined, write: async () => 'unchanged' };
  const { key } = found;
  const { value, version } = found.results;
  const record = value.results.get(index) ?? NOT_BEGUN;
  return {
    id,
    record,
    async write(change, ledger) {
      const after = change(record);
      if (!after) return 'unchanged';
      const results = new Map(value.results).set(index, after);
      const counted = tallyOf({ results });
      const batch = { value: { ...value, results, counted }, version };
      // Counted at once, because no worker may open this batch again.
      const tally: TallyChange = { by: difference(value.counted, counted), batchDone: false, atMs: clock() };
      if (ledger) return runs.putWithLedger(ledger, key, batch, tally);
      return (await runs.putResults(key, batch, tally)) === 'conflict' ? 'conflict' : 'committed';
    },
  };
}

/** Any send by the id that its claims carry: that of a recipient, else of a message. */
export async function findSend(
  services: RecipientSendServices & { readonly store: Pick<MessageStore, 'loadRecord' | 'commit'> },
  id: string,
  ledger: Ledger,
): Promise<Send> {
  return (await findRecipientSend(services, id)) ?? findMessageSend(services, id, ledger);
}

interface SendLookupServices {
  readonly campaigns: Pick<CampaignStore, 'list'>;
  readonly runs: Pick<RunStore, 'list' | 'shardOf' | 'batchBefore' | 'loadResults'>;
  readonly clock: Clock;
}

/** Looks up the sends of campaigns that a receipt may be about. */
export type SendLookup = (
  receipt: Pick<DeliveryReceipt, 'openid' | 'templateId' | 'createdAtMs'>,
) => Promise<readonly ReceiptCandidate[]>;

const CAMPAIGNS_PER_PAGE = 100;
/** Only so many runs of each campaign are searched, the latest. */
const RUNS_PER_CAMPAIGN = 20;
/** The list of runs is cached for so long. Two runs that reach one user are hardly ever closer together. */
const RUNS_CACHED_MS = 10_000;
/** A receipt comes no later than this after the end of its run. */
const AFTER_THE_END_MS = 24 * 60 * 60_000;
const CLOCK_SKEW_MS = 60_000;

/**
 * Finds the sends of campaigns to a user, also those that no ledger names because later ones followed.
 * Searches the runs of the template that were under way shortly before, at some reads for each.
 */
export function createSendLookup({ campaigns, runs, clock }: SendLookupServices): SendLookup {
  let cache: { readonly atMs: number; readonly runs: Promise<readonly RunRecord[]> } | undefined;

  async function list(): Promise<readonly RunRecord[]> {
    const found: RunRecord[] = [];
    for await (const items of everyPage((after) => campaigns.list(CAMPAIGNS_PER_PAGE, after))) {
      const latest = await Promise.all(items.map(({ value }) => runs.list(value.id, RUNS_PER_CAMPAIGN)));
      found.push(...latest.flatMap((page) => page.items).filter(({ dryRun }) => !dryRun));
    }
    return found.toSorted((one, other) => other.startedAtMs - one.startedAtMs);
  }

  async function latestRuns(): Promise<readonly RunRecord[]> {
    if (cache && clock() - cache.atMs < RUNS_CACHED_MS) return cache.runs;
    cache = { atMs: clock(), runs: list() };
    cache.runs.catch(() => {
      cache = undefined;
    });
    return cache.runs;
  }

  async function sendIn(run: RunRecord, openid: string): Promise<readonly ReceiptCandidate[]> {
    const found = await findInRun(runs, run.id, openid);
    if (!found) return [];
    const { index } = found;
    const result = (await runs.loadResults(found.key)).value.results.get(index);
    return result ? [{ ...result, id: recipientSendId({ runId: run.id, openid, index }) }] : [];
  }

  return async ({ openid, templateId, createdAtMs }) => {
    const near = (await latestRuns()).filter((run) => mayHaveSent(run, templateId, createdAtMs));
    return (await Promise.all(near.map((run) => sendIn(run, openid)))).flat();
  };
}

function mayHaveSent(run: RunRecord, templateId: string, atMs: number): boolean {
  const { content, startedAtMs, finishedAtMs = Number.POSITIVE_INFINITY } = run;
  return (
    content.templateId === templateId &&
    startedAtMs - CLOCK_SKEW_MS <= atMs &&
    atMs <= finishedAtMs + AFTER_THE_END_MS
  );
}
