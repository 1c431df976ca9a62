import type { BatchKey } from '../../lib/campaigns/runs/batch.ts';
import { findRecipientSend } from '../../lib/campaigns/runs/find-send.ts';
import { readRecipientSendId, recipientSendId } from '../../lib/campaigns/runs/recipient-port.ts';
import { isOpen, type RecipientResult } from '../../lib/campaigns/runs/results.ts';
import type { RunRecord } from '../../lib/campaigns/runs/run.ts';
import type { Clock } from '../../lib/clock.ts';
import { createCampaignStore } from '../../lib/dynamodb/dynamodb-campaign-store.ts';
import { createRunStore, runExpiresAt } from '../../lib/dynamodb/dynamodb-run-store.ts';
import type { Table } from '../../lib/dynamodb/table.ts';
import { UnreadableItemError } from '../../lib/dynamodb/versioned-items.ts';
import type { Ledger } from '../../lib/grants/ledger.ts';
import { everyItem } from '../../lib/paginate.ts';
import { claimFate } from '../../lib/sends/record-transitions.ts';
import type { AuditedCampaigns } from './audit-user.ts';
import { readErasedRuns } from './erased-runs.ts';

/** What runs of campaigns did to the grants of one mini program's users. */
export interface CampaignSends {
  /**
   * What is known of a user since all runs were read, some time ago. A claim of a run's recipient is taken for accounted for;
   * undefined where it was not.
   */
  roughlyOf(ledger: Ledger): AuditedCampaigns | undefined;
  /** The same read now, from the runs that were known by then; `anew`: and from those that have begun since. */
  exactlyOf(ledger: Ledger, options: { readonly anew: boolean }): Promise<AuditedCampaigns>;
  /** A sentence for each campaign, run or page that cannot be read. */
  unreadable(): readonly string[];
}

/** The runs of which results are kept, and how many others there were, by template. */
interface KnownRuns {
  readonly runs: readonly RunRecord[];
  readonly forgotten: ReadonlyMap<string, number>;
}

const LIST_AT_ONCE = 100;

/** Reads the results of all runs of a mini program. Whom they reached stays in memory, some hundred bytes for each user. */
export async function readCampaignSends(table: Table, clock: Clock): Promise<CampaignSends> {
  const unreadable = new Set<string>();
  const logger = { info() {}, warn() {}, error: (text: string) => void unreadable.add(text) };
  const campaigns = createCampaignStore(table, { logger, newVersion: () => '' });
  const runs = createRunStore(table, { logger, newVersion: () => '' });
  const taken = new Map<string, Map<string, number>>();
  const open = new Set<string>();

  async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof UnreadableItemError)) throw error;
      unreadable.add(error.message);
      return undefined;
    }
  }

  async function list(): Promise<KnownRuns> {
    const found: RunRecord[] = [];
    for await (const { value } of everyItem((after) => campaigns.list(LIST_AT_ONCE, after))) {
      for await (const run of everyItem((after) => runs.list(value.id, LIST_AT_ONCE, after))) {
        if (!run.dryRun) found.push(run);
      }
    }
    const isKept = ({ id }: RunRecord) => runExpiresAt(id) * 1_000 > clock();
    const forgotten = new Map(await readErasedRuns(table));
    for (const { content } of found.filter((run) => !isKept(run))) add(forgotten, content.templateId);
    return { runs: found.filter(isKept), forgotten };
  }

  async function readShard(runId: string, shard: number): Promise<void> {
    for (let after: string | undefined = ''; after !== undefined; )
      after = await readPage({ runId, shard, start: after });
  }

  /** Answers where the next page begins. */
  async function readPage(place: BatchKey): Promise<string | undefined> {
    const page = await readable(() => runs.loadBatch(place));
    if (!page) return undefined;
    const results = (await readable(() => runs.loadResults(place)))?.value.results;
    for (const [index, { openid }] of page.recipients.entries()) {
      note(page.templateId, { runId: place.runId, openid, index }, results?.get(index));
    }
    return page.next;
  }

  function note(
    templateId: string,
    send: Parameters<typeof recipientSendId>[0],
    result: RecipientResult | undefined,
  ): void {
    if (isOpen(result)) open.add(recipientSendId(send));
    if (!result || !tookGrant(result)) return;
    const byTemplate = taken.get(send.openid) ?? new Map<string, number>();
    add(byTemplate, templateId);
    taken.set(send.openid, byTemplate);
  }

  /** @throws UnreadableItemError */
  async function resultIn(runId: string, openid: string): Promise<RecipientResult | undefined> {
    const found = await runs.batchBefore(runId, runs.shardOf(openid), openid);
    const index = found?.batch.recipients.findIndex((recipient) => recipient.openid === openid) ?? -1;
    if (!found || index < 0) return undefined;
    return (await runs.loadResults(found.key)).value.results.get(index);
  }

  let known = await list();
  for (const { id } of known.runs) await Promise.all(runs.shards.map((shard) => readShard(id, shard)));

  return {
    roughlyOf({ openid, claim }) {
      if (claim && open.has(claim.sendId)) return undefined;
      return {
        taken: taken.get(openid) ?? new Map(),
        forgotten: known.forgotten,
        ...(claim && readRecipientSendId(claim.sendId) && { claimOutcome: SPENT }),
      };
    },

    async exactlyOf({ openid, claim }, { anew }) {
      if (anew) known = await list();
      const forgotten = new Map(known.forgotten);
      const exactly = new Map<string, number>();
      for (const { id, content } of known.runs) {
        const result = await readable(async () => ({ is: await resultIn(id, openid) }));
        if (!result) add(forgotten, content.templateId);
        else if (result.is && tookGrant(result.is)) add(exactly, content.templateId);
      }
      const send = claim && (await findRecipientSend({ runs, clock }, claim.sendId));
      return {
        taken: exactly,
        forgotten,
        ...(send && { claimOutcome: claimFate(claim, send.record, clock()) }),
      };
    },

    unreadable: () => [...unreadable],
  };
}

const SPENT = { type: 'settled', effect: 'spend' } as const;

function add(counts: Map<string, number>, templateId: string): void {
  counts.set(templateId, (counts.get(templateId) ?? 0) + 1);
}

/** Whether a send to this recipient spent a grant for good. A refusal zeroed the grant, so it spent none. */
export function tookGrant({ state, attempts, lastClaim }: RecipientResult): boolean {
  const effect = lastClaim?.effect ?? 'spend';
  return state !== 'pending' && state !== 'refused' && attempts > 0 && effect === 'spend';
}
