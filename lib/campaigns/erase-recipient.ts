import * as v from 'valibot';
import { everyItem } from '../paginate.ts';
import { type Backoff, retryOnConflict } from '../retry.ts';
import { count } from '../stored-schemas.ts';
import type { CampaignStore } from './campaign-store.ts';
import type { BatchKey } from './runs/batch.ts';
import { interruptPlanning } from './runs/plan-shard.ts';
import type { RecipientResult } from './runs/results.ts';
import type { RunRecord } from './runs/run.ts';
import { findInRun, type RunStore } from './runs/run-store.ts';

/** Takes a user out of what is stored of campaigns. */
export interface RecipientEraser {
  /**
   * Takes the user out of a campaign's list of recipients and off its count, from the list's page `from` on.
   * Answers how often they were named there, and where to go on once `mayGoOn` says no.
   */
  eraseFromList(
    campaignId: string,
    openid: string,
    from: number,
    mayGoOn: () => boolean,
  ): Promise<{ readonly erased: number; readonly next?: number }>;
  /** Replaces the user's openid by one that is nobody's, and drops their variables. */
  eraseFromBatch(key: BatchKey, index: number, openid: string): Promise<void>;
}

export interface EraseRecipientServices extends Backoff {
  readonly campaigns: Pick<CampaignStore, 'load' | 'list'>;
  readonly runs: Pick<
    RunStore,
    'list' | 'shardOf' | 'batchBefore' | 'createBatch' | 'loadResults' | 'putResults'
  >;
  readonly recipients: RecipientEraser;
}

const shortId = v.pipe(v.string(), v.maxLength(64));

/** How far erasing has come: to a page of a campaign's list, or among its runs, newest first. */
export const eraseCursor = v.union([
  v.strictObject({ campaignId: shortId, page: v.pipe(count, v.maxValue(999_999)) }),
  v.strictObject({
    campaignId: shortId,
    runsAfter: shortId,
    /** The user was found in a run: the campaign's runs are gone over once more. */
    again: v.exactOptional(v.literal(true)),
  }),
]);

/** See {@link eraseCursor}. */
export type EraseCursor = Readonly<v.InferOutput<typeof eraseCursor>>;

const RUNS_PER_PAGE = 20;

/**
 * Takes a user out of the lists and the runs of all campaigns, for as long as `mayGoOn` says so; `next` is
 * where to go on. A run keeps its counts. An erased recipient who was not sent to is skipped, or `unknown` where
 * a worker of their batch was lost.
 */
export async function eraseRecipient(
  services: EraseRecipientServices,
  openid: string,
  from: EraseCursor | undefined,
  mayGoOn: () => boolean,
): Promise<{ readonly erased: number; readonly next?: EraseCursor }> {
  let erased = 0;
  let cursor = from ?? (await nextCampaign(services));
  do {
    if (!cursor) return { erased };
    const step: Step =
      'page' in cursor
        ? await eraseFromList(services, openid, cursor, mayGoOn)
        : await eraseFromRuns(services, openid, cursor);
    erased += step.erased;
    cursor = step.next;
  } while (mayGoOn());
  return { erased, ...(cursor && { next: cursor }) };
}

interface Step {
  readonly erased: number;
  readonly next: EraseCursor | undefined;
}

async function nextCampaign(
  { campaigns }: Pick<EraseRecipientServices, 'campaigns'>,
  after?: string,
): Promise<EraseCursor | undefined> {
  for await (const { value } of everyItem((next) => campaigns.list(1, next ?? after))) {
    return { campaignId: value.id, page: 0 };
  }
  return undefined;
}

async function eraseFromList(
  { campaigns, recipients }: EraseRecipientServices,
  openid: string,
  { campaignId, page }: Extract<EraseCursor, { page: number }>,
  mayGoOn: () => boolean,
): Promise<Step> {
  const runs = { campaignId, runsAfter: '' };
  if ((await campaigns.load(campaignId))?.value.audience.type !== 'recipients') {
    return { erased: 0, next: runs };
  }
  const { erased, next } = await recipients.eraseFromList(campaignId, openid, page, mayGoOn);
  return { erased, next: next === undefined ? runs : { campaignId, page: next } };
}

/** A run for those who failed reads an earlier run, so that a user who was found may be in one more since. */
async function eraseFromRuns(
  services: EraseRecipientServices,
  openid: string,
  { campaignId, runsAfter, again }: Extract<EraseCursor, { runsAfter: string }>,
): Promise<Step> {
  const { items, next } = await services.runs.list(
    campaignId,
    RUNS_PER_PAGE,
    runsAfter === '' ? undefined : runsAfter,
  );
  const all = await Promise.all(items.map((run) => eraseFromRun(services, run, openid)));
  const erased = all.filter((wasFound) => wasFound).length;
  const isFound = again ?? erased > 0;
  if (next !== undefined) {
    return { erased, next: { campaignId, runsAfter: next, ...(isFound && { again: true }) } };
  }
  return { erased, next: isFound ? { campaignId, runsAfter: '' } : await nextCampaign(services, campaignId) };
}

/** Whether the user was in the run. */
async function eraseFromRun(
  services: EraseRecipientServices,
  run: RunRecord,
  openid: string,
): Promise<boolean> {
  const { runs, recipients } = services;
  if (run.status !== 'finished') await interruptPlanning(services, run, runs.shardOf(openid));
  const found = await findInRun(runs, run.id, openid);
  if (!found) return false;
  const { key, index } = found;
  // The result first: without the openid, nobody finds it again.
  await retryOnConflict(() => strip(runs, key, index), services);
  await recipients.eraseFromBatch(key, index, openid);
  return true;
}

/** Takes out of a result what WeChat knows the send by, and texts that may name the user. */
async function strip(
  runs: EraseRecipientServices['runs'],
  key: BatchKey,
  index: number,
): Promise<'stripped' | 'conflict'> {
  const { value, version } = await runs.loadResults(key);
  const result = value.results.get(index);
  if (!result || !tellsMore(result)) return 'stripped';
  const { problems: _problems, outcome, ...rest } = result;
  const { msgid: _msgid, rid: _rid, errmsg: _errmsg, ...kept } = outcome;
  const results = new Map(value.results).set(index, { ...rest, outcome: kept });
  const written = await runs.putResults(key, { value: { ...value, results }, version });
  return written === 'conflict' ? written : 'stripped';
}

function tellsMore({ outcome: { msgid, rid, errmsg }, problems }: RecipientResult): boolean {
  return [msgid, rid, errmsg, problems].some((detail) => detail !== undefined);
}
