import type { Campaign } from '../../lib/campaigns/campaign.ts';
import type { CampaignStore } from '../../lib/campaigns/campaign-store.ts';
import type { BatchKey } from '../../lib/campaigns/runs/batch.ts';
import { difference, NO_TALLY } from '../../lib/campaigns/runs/results.ts';
import { isRunId, runStartsAtMs } from '../../lib/campaigns/runs/run.ts';
import type { RunStore, TallyChange } from '../../lib/campaigns/runs/run-store.ts';
import { updated } from '../../lib/versioned.ts';
import { template } from '../support/templates.ts';
import type { TablePart } from './table-part.ts';
import type { Caller } from './user-ports.ts';

/** Recipients are spread over so many shards. */
const RUN_SHARDS = [0, 1];

/** The one campaign of each app. In both it has the same id, which chance would not give it. */
export const CAMPAIGN_ID = `cmp_${'0'.repeat(32)}`;

/** Runs, as a process reaches them. */
export function createRunPorts(table: TablePart, { call }: Pick<Caller, 'call'>): RunStore {
  const { rows, readLedger, readResults } = table;

  /** The last of a shard's batches, or results, that begins before this user. */
  function lastBefore(afters: Iterable<string>, openid: string | undefined): string | undefined {
    return [...afters]
      .filter((after) => openid === undefined || after < openid)
      .sort()
      .at(-1);
  }

  function count(key: BatchKey, { by, batchDone }: TallyChange): void {
    const shard = rows.shardOf(key);
    // Adding is subtracting from nothing twice.
    const after = difference(difference(by, NO_TALLY), shard.tally);
    shard.tally = { ...shard.tally, ...after, batchesDone: shard.tally.batchesDone + (batchDone ? 1 : 0) };
  }

  return {
    shards: RUN_SHARDS,
    shardOf,
    create(run) {
      const row = table.rowOfRun(run);
      return call('create run', () => {
        if (rows.runs.has(run.id)) return 'exists';
        rows.runs.set(run.id, row);
        table.written({ run: row.value });
        return 'created';
      });
    },
    load: (_campaignId, runId) => call('load run', () => table.stored(rows.runs.get(runId))),
    put({ value, version }) {
      const row = table.rowOfRun(value);
      return call(`put run ${value.status}`, () => {
        if (rows.runs.get(value.id)?.version !== version) return 'conflict';
        rows.runs.set(value.id, row);
        table.written({ run: row.value });
        return 'committed';
      });
    },
    list: () =>
      call('list runs', () => {
        const items = [...rows.runs.values()].map(({ value }) => value);
        return { items: items.sort((one, other) => (one.id < other.id ? 1 : -1)) };
      }),
    createBatch: (key, batch) =>
      call('create batch', () => {
        if (rows.shardOf(key).batches.has(key.start)) return 'exists';
        table.putBatch(key, batch);
        return 'created';
      }),
    loadBatch: (key) => call('load batch', () => rows.shardOf(key).batches.get(key.start)),
    batchBefore: (runId, shard, openid) =>
      call('find batch', () => {
        const { batches } = rows.shardOf({ runId, shard });
        const after = lastBefore(batches.keys(), openid);
        return after === undefined
          ? undefined
          : { key: { runId, shard, start: after }, batch: batches.get(after)! };
      }),
    loadResults: (key) => call('load results', () => readResults(key)),
    resultsOf: (runId, openid) =>
      call('find results', () => {
        const shard = shardOf(openid);
        const after = lastBefore(rows.shardOf({ runId, shard }).results.keys(), openid);
        if (after === undefined) return undefined;
        const key = { runId, shard, start: after };
        return { key, results: readResults(key) };
      }),
    putResults(key, results, tally) {
      const row = table.rowOfResults(results.value);
      return call(`put results${tally ? ' and tally' : ''}`, () => {
        if (readResults(key).version !== results.version) return 'conflict';
        if (tally) count(key, tally);
        table.putResults(key, row);
        return { value: results.value, version: row.version };
      });
    },
    putWithLedger(ledger, key, results, tally) {
      const row = table.rowOfResults(results.value);
      const ledgerRow = table.rowOfLedger(ledger.value);
      return call('put results and ledger', () => {
        if (readLedger(ledger.value.openid).version !== ledger.version) return 'conflict';
        if (readResults(key).version !== results.version) return 'conflict';
        count(key, tally);
        rows.ledgers.set(ledgerRow.value.openid, ledgerRow);
        table.putResults(key, row);
        table.written({ ledger: ledgerRow.value });
        return 'committed';
      });
    },
    loadTallies: (runId) =>
      call(
        'load tallies',
        () => new Map(RUN_SHARDS.map((shard) => [shard, rows.shardOf({ runId, shard }).tally])),
      ),
    setPlanned: (runId, shard, planned) =>
      call('set planned', () => {
        const row = rows.shardOf({ runId, shard });
        row.tally = { ...row.tally, planned };
      }),
  };
}

/** The campaign as it is when this run begins: its text says which run a request belongs to. */
export function createCampaigns(
  { call }: Caller,
  templateId: string,
  runId = '',
): Pick<CampaignStore, 'load' | 'list' | 'recipientsOf'> {
  const value: Campaign = {
    id: CAMPAIGN_ID,
    name: 'campaign',
    templateId,
    data: { thing1: runMark(runId) },
    miniprogramState: 'formal',
    lang: 'zh_CN',
    fit: false,
    audience: { type: 'grantees' },
    ...(isRunId(runId) && {
      schedule: {
        expression: `at(${new Date(runStartsAtMs(runId)).toISOString().slice(0, 19)})`,
        timezone: 'UTC',
      },
    }),
    status: 'active',
    createdAtMs: 0,
    updatedAtMs: 0,
  };
  const campaign = { value, version: 'v' };
  return {
    load: () => call('load campaign', () => updated(campaign, value)),
    list: async (_limit, after) => ({ items: after === undefined ? [campaign] : [] }),
    recipientsOf: () => Promise.reject(new Error('Not simulated.')),
  };
}

/** What tells runs apart in the text of a message. */
export function runMark(runId: string): string {
  return runId.slice(-12);
}

function shardOf(openid: string): number {
  return (openid.codePointAt(openid.length - 1) ?? 0) % RUN_SHARDS.length;
}

const templates = new Map<string, ReturnType<typeof template>>();

/** The template that a campaign sends, as the catalogue has it. */
export function templateOf(templateId: string) {
  const known =
    templates.get(templateId) ??
    template({ templateId, content: '商品:{{thing1.DATA}}\n', example: '商品:茶\n' });
  templates.set(templateId, known);
  return known;
}
