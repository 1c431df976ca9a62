import type { CampaignStore } from '../../lib/campaigns/campaign-store.ts';
import { type BatchKey, isErased, type RunBatch } from '../../lib/campaigns/runs/batch.ts';
import { summarise } from '../../lib/campaigns/runs/progress.ts';
import { recipientSendId } from '../../lib/campaigns/runs/recipient-port.ts';
import {
  type BatchResults,
  difference,
  isOpen,
  NOT_BEGUN,
  skipped,
  tallyOf,
} from '../../lib/campaigns/runs/results.ts';
import { isOver, type RunRecord } from '../../lib/campaigns/runs/run.ts';
import type { RunStore, TallyChange } from '../../lib/campaigns/runs/run-store.ts';
import { UnreadableItemError } from '../../lib/dynamodb/versioned-items.ts';
import type { Claim, Ledger } from '../../lib/grants/ledger.ts';
import { UnreadablePendingError } from '../../lib/grants/packed-pending-messages.ts';
import { everyItem } from '../../lib/paginate.ts';
import { retryOnConflict } from '../../lib/retry.ts';
import { updated, type Versioned } from '../../lib/versioned.ts';
import { asUnknown, type EndServices, spendGrant } from './end-pending.ts';

export interface EndRunServices extends EndServices {
  readonly campaigns: CampaignStore;
  readonly runs: RunStore;
}

const LISTED_AT_ONCE = 100;

/** The runs of a mini program that have not ended. */
export async function* runsUnderWay({
  campaigns,
  runs,
}: Pick<EndRunServices, 'campaigns' | 'runs'>): AsyncGenerator<RunRecord> {
  for await (const { value } of everyItem((after) => campaigns.list(LISTED_AT_ONCE, after))) {
    for await (const run of everyItem((after) => runs.list(value.id, LISTED_AT_ONCE, after))) {
      if (!isOver(run)) yield run;
    }
  }
}

/**
 * Stops a run, with everybody unknown whom it had not reached. The claims of its recipients must have been
 * ended before. Answers how many those were.
 */
export async function endRun(services: EndRunServices, run: RunRecord): Promise<number> {
  const { runs } = services;
  const ended = run.dryRun
    ? []
    : await Promise.all(runs.shards.map((shard) => endShard(services, { runId: run.id, shard })));
  await stop(services, run);
  return ended.reduce((sum, each) => sum + each, 0);
}

async function endShard(services: EndRunServices, shard: Omit<BatchKey, 'start'>): Promise<number> {
  let ended = 0;
  for (let after: string | undefined = ''; after !== undefined; ) {
    const key: BatchKey = { ...shard, start: after };
    const batch: RunBatch | undefined = await services.runs.loadBatch(key);
    if (batch) ended += await endBatch(services, key, batch);
    after = batch?.next;
  }
  return ended;
}

async function endBatch(services: EndRunServices, key: BatchKey, batch: RunBatch): Promise<number> {
  let ended = 0;
  for (const index of batch.recipients.keys()) {
    ended += await retryOnConflict(() => endRecipient(services, key, batch, index), services);
  }
  await retryOnConflict(async () => {
    const stored = await services.runs.loadResults(key);
    const { lease: _, ...rest } = stored.value;
    const done: BatchResults = { ...rest, needsRecovery: false, done: true };
    return writeResults(services, key, stored, done);
  }, services);
  return ended;
}

/** Answers 1 for one who is unknown from now on. */
async function endRecipient(
  services: EndRunServices,
  key: BatchKey,
  { templateId, recipients }: RunBatch,
  index: number,
): Promise<number | 'conflict'> {
  const { runs, clock } = services;
  const recipient = recipients[index];
  if (!recipient) return 0;
  const { openid } = recipient;
  const messageId = recipientSendId({ runId: key.runId, openid, index });
  // The ledger first: the claim that it gets is written over what is read here.
  const taken = isErased(recipient) ? undefined : await grantOf(services, openid, { messageId, templateId });
  const stored = await runs.loadResults(key);
  const before = stored.value.results.get(index);
  if (!isOpen(before)) return 0;
  // A worker who had the batch may have sent to one who had come back before the erasure reached the batch.
  const mayBeSent = stored.value.lease !== undefined || stored.value.needsRecovery;
  const result =
    isErased(recipient) && !mayBeSent
      ? skipped(clock())
      : asUnknown(before ?? NOT_BEGUN, taken?.claim, clock());
  const after = { ...stored.value, results: new Map(stored.value.results).set(index, result) };
  const written = await writeResults(services, key, stored, after, taken?.ledger);
  return written === 'committed' ? Number(result.state === 'unknown') : written;
}

/**
 * The grant that the send would take, spent; undefined where there is none, or where the user could not be
 * dealt with before.
 */
async function grantOf(
  services: EndRunServices,
  openid: string,
  send: { readonly messageId: string; readonly templateId: string },
): Promise<{ readonly claim: Claim; readonly ledger: Versioned<Ledger> } | undefined> {
  try {
    const stored = await services.store.loadLedger(openid);
    if (stored.value.claim) return undefined;
    const { claim, ledger } = spendGrant(services, stored.value, send);
    return claim && { claim, ledger: updated(stored, ledger) };
  } catch (error) {
    // The audit names such an item; the others of the run must not wait for it.
    if (error instanceof UnreadableItemError || error instanceof UnreadablePendingError) return undefined;
    throw error;
  }
}

/** Writes results, what they add to the run's counts, and the ledger that goes with them. */
async function writeResults(
  { runs, clock }: EndRunServices,
  key: BatchKey,
  stored: Versioned<BatchResults>,
  after: BatchResults,
  ledger?: Versioned<Ledger>,
): Promise<'committed' | 'conflict'> {
  const counted = tallyOf(after);
  const tally: TallyChange = {
    by: difference(stored.value.counted, counted),
    batchDone: after.done && !stored.value.done,
    atMs: clock(),
  };
  const results = updated(stored, { ...after, counted });
  if (ledger) return runs.putWithLedger(ledger, key, results, tally);
  return (await runs.putResults(key, results, tally)) === 'conflict' ? 'conflict' : 'committed';
}

function stop({ runs, clock, ...backoff }: EndRunServices, run: RunRecord): Promise<unknown> {
  return retryOnConflict(async () => {
    const stored = await runs.load(run.campaignId, run.id);
    if (!stored || isOver(stored.value)) return undefined;
    const { value } = stored;
    const summary = await summarise(runs, value);
    const stopped = {
      status: 'stopped' as const,
      finishedAtMs: clock(),
      generation: value.generation + 1,
      summary,
    };
    const result = await runs.put(updated(stored, { ...value, ...stopped }));
    return result === 'conflict' ? result : undefined;
  }, backoff);
}
