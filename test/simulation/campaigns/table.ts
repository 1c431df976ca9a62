import * as v from 'valibot';
import type { Recipient } from '../../../lib/campaigns/campaign.ts';
import type { BatchKey, RunBatch } from '../../../lib/campaigns/runs/batch.ts';
import type { AudienceStore } from '../../../lib/campaigns/runs/recipient-source.ts';
import {
  type BatchResults,
  batchState,
  difference,
  NO_TALLY,
  UNTOUCHED,
} from '../../../lib/campaigns/runs/results.ts';
import { type RunRecord, runRecord } from '../../../lib/campaigns/runs/run.ts';
import type { RunStore, ShardTally, TallyChange } from '../../../lib/campaigns/runs/run-store.ts';
import type { Clock } from '../../../lib/clock.ts';
import { packedResults, packResults, unpackResults } from '../../../lib/dynamodb/pack-results.ts';
import { emptyLedger, type Ledger, ledgerSchema } from '../../../lib/grants/ledger.ts';
import { type Message, messageSchema } from '../../../lib/messages/message.ts';
import type { MessageStore } from '../../../lib/messages/message-store.ts';
import {
  isOnlyWaiting,
  messageWithLedger,
  waitingBeside,
  withWaiting,
} from '../../../lib/messages/waiting-messages.ts';
import type { UserEraser } from '../../../lib/users/erase-user.ts';
import type { Versioned } from '../../../lib/versioned.ts';
import { describeWrite } from '../trace.ts';
import type { CampaignKernel } from './kernel.ts';

/** Recipients are spread over so many shards. */
const SHARDS = [0, 1] as const;

/** The ports through which a process reaches the table. */
export interface CampaignPorts {
  readonly store: MessageStore;
  readonly runs: RunStore;
  readonly audience: AudienceStore;
  readonly eraser: UserEraser;
  readonly campaigns: {
    recipientsOf(campaignId: string, page: number): Promise<readonly Recipient[]>;
  };
}

/** A call to the table, whose effect comes about at one moment. */
export type TableCall = <T>(label: string, effect: () => T) => Promise<T>;

/** The table of a world with campaigns: what stands in it, for the checks, and the ports. */
export interface CampaignTable {
  readonly ledgers: ReadonlyMap<string, Ledger>;
  readonly messages: ReadonlyMap<string, Message>;
  readonly runs: ReadonlyMap<string, RunRecord>;
  /** All pages of a run, with their results. */
  pagesOf(runId: string): readonly { place: BatchKey; page: RunBatch; results: BatchResults }[];
  putLedger(ledger: Ledger): void;
  ports(call: TableCall, kernel: CampaignKernel, clock: Clock): CampaignPorts;
}

interface Row {
  readonly json: string;
  readonly version: string;
}

/** One write: over the version that was read, or whatever stands there. */
interface Write {
  readonly key: string;
  readonly value: unknown;
  readonly over: string | undefined | 'anything';
}

/**
 * An in-memory table that promises what the real one does and no more: writes bound to a version, transactions all or nothing, reads
 * that see the latest write. What is written goes through the stored form and back.
 */
export function createCampaignTable(
  runWritten: (run: RunRecord) => void,
  told: (what: () => string) => void,
  deleted: (openid: string) => void,
): CampaignTable {
  const rows = new Map<string, Row>();
  let versions = 0;

  const read = (key: string): { value: unknown; version: string } | undefined => {
    const row = rows.get(key);
    return row && { value: JSON.parse(row.json), version: row.version };
  };
  function write(writes: readonly Write[]): 'committed' | 'conflict' {
    const holds = ({ key, over }: Write) => over === 'anything' || rows.get(key)?.version === over;
    if (!writes.every(holds)) return 'conflict';
    for (const { key, value } of writes) {
      rows.set(key, { json: JSON.stringify(withLife(key, value)), version: `v${++versions}` });
      told(() => describe(key, value));
      if (key.startsWith('run ')) runWritten(v.parse(runRecord, value));
    }
    return 'committed';
  }

  /** A user's item that is written for the first time begins a life. */
  function withLife(key: string, value: unknown): unknown {
    if (!key.startsWith('ledger ')) return value;
    return { life: `life${versions}`, ...v.parse(ledgerSchema, value) };
  }

  const keyOfPage = ({ runId, shard, after }: BatchKey) => `page ${runId} ${shard} ${after}`;
  const keyOfResults = ({ runId, shard, after }: BatchKey) => `results ${runId} ${shard} ${after}`;

  const readLedger = (openid: string): Versioned<Ledger> => {
    const row = read(`ledger ${openid}`);
    return row
      ? { value: v.parse(ledgerSchema, row.value), version: row.version }
      : { value: emptyLedger(openid), version: undefined };
  };
  const readMessage = (id: string): Versioned<Message> | undefined => {
    const row = read(`message ${id}`);
    return row && { value: v.parse(messageSchema, row.value), version: row.version };
  };
  const readRun = (runId: string): Versioned<RunRecord> | undefined => {
    const row = read(`run ${runId}`);
    return row && { value: v.parse(runRecord, row.value), version: row.version };
  };
  const readResults = (place: BatchKey): Versioned<BatchResults> => {
    const row = read(keyOfResults(place));
    if (!row) return { value: UNTOUCHED, version: undefined };
    return {
      value: {
        ...v.parse(batchState, row.value),
        results: unpackResults(v.parse(packedResults, row.value)),
      },
      version: row.version,
    };
  };
  const readPage = (place: BatchKey) => read(keyOfPage(place))?.value as RunBatch | undefined;
  const readTally = (runId: string, shard: number) =>
    (read(`tally ${runId} ${shard}`)?.value ?? { ...NO_TALLY, batchesDone: 0 }) as ShardTally;

  const writeOfLedger = ({ value, version }: Versioned<Ledger>): Write => ({
    key: `ledger ${value.openid}`,
    value,
    over: version,
  });
  const writeOfResults = (place: BatchKey, { value, version }: Versioned<BatchResults>): Write => {
    const { results, ...rest } = value;
    return { key: keyOfResults(place), value: { ...packResults(results), ...rest }, over: version };
  };
  function writeOfTally({ runId, shard }: BatchKey, { by, batchDone: pageDone }: TallyChange): Write {
    const before = readTally(runId, shard);
    // Adding is subtracting from nothing twice.
    const after = difference(difference(by, NO_TALLY), before);
    const batchesDone = before.batchesDone + (pageDone ? 1 : 0);
    return { key: `tally ${runId} ${shard}`, value: { ...before, ...after, batchesDone }, over: 'anything' };
  }

  const placesOf = (prefix: string, runId: string, shard?: number): BatchKey[] =>
    [...rows.keys()]
      .filter((key) => key.startsWith(`${prefix} ${runId} ${shard ?? ''}`))
      .map((key) => {
        const [, , at, after = ''] = key.split(' ');
        return { runId, shard: Number(at), after };
      })
      .sort((one, other) => (one.after < other.after ? -1 : 1));
  const lastBefore = (prefix: string, runId: string, shard: number, openid?: string) =>
    placesOf(prefix, runId, shard).findLast(({ after }) => openid === undefined || after < openid);
  const shardOf = (openid: string) => (openid.codePointAt(openid.length - 1) ?? 0) % SHARDS.length;

  function messagePorts(call: TableCall, kernel: CampaignKernel, runs: RunStore, clock: Clock): MessageStore {
    const store: MessageStore = {
      async load(messageId) {
        const openid = messageId.slice(messageId.lastIndexOf('_') + 1);
        const ledger = await call('load', () => readLedger(openid));
        const message = isOnlyWaiting(ledger.value, messageId)
          ? undefined
          : await call('load', () => readMessage(messageId));
        return messageWithLedger(messageId, message, ledger);
      },
      loadLedger: (openid) => call('loadLedger', () => readLedger(openid)),
      loadRecord: (messageId) => call('load', () => readMessage(messageId)),
      async findSend(id, ledger) {
        const recipient = await kernel.findRecipientSend({ runs, clock }, id);
        return recipient ?? kernel.findMessageSend({ store, clock }, id, ledger);
      },
      commit({ ledger, records = [] }) {
        const writes = [
          ...(ledger ? [writeOfLedger(ledger)] : []),
          ...records.map(({ value, version }) => ({ key: `message ${value.id}`, value, over: version })),
        ];
        const json = JSON.stringify(writes.map((one) => ({ ...one, over: one.over ?? null })));
        const label = records[0] ? `commit message:${records[0].value.state}` : 'commit ledger';
        return call(label, () =>
          write(JSON.parse(json).map((one: Write) => ({ ...one, over: one.over ?? undefined }))),
        );
      },
      listOfUser: (openid, limit) =>
        call('listOfUser', () => {
          const items = [...rows.keys()]
            .filter((key) => key.startsWith('message ') && key.endsWith(`_${openid}`))
            .flatMap((key) => readMessage(key.slice('message '.length)) ?? []);
          return withWaiting({ items }, readLedger(openid).value, limit, undefined);
        }),
    };
    return store;
  }

  function runPorts(call: TableCall): RunStore {
    return {
      shards: SHARDS,
      shardOf,
      create: (run) =>
        call('create run', () =>
          write([{ key: `run ${run.id}`, value: run, over: undefined }]) === 'committed'
            ? 'created'
            : 'exists',
        ),
      load: (_campaignId, runId) => call('load run', () => readRun(runId)),
      put: ({ value, version }) =>
        call(`put run ${value.status}`, () => write([{ key: `run ${value.id}`, value, over: version }])),
      list: () => Promise.reject(new Error('Not simulated.')),
      createBatch: (place, page) =>
        call('create page', () =>
          write([{ key: keyOfPage(place), value: page, over: undefined }]) === 'committed'
            ? 'created'
            : 'exists',
        ),
      loadBatch: (place) => call('load page', () => readPage(place)),
      batchBefore: (runId, shard, openid) =>
        call('find page', () => {
          const place = lastBefore('page', runId, shard, openid);
          const page = place && readPage(place);
          return page && { key: place, batch: page };
        }),
      loadResults: (place) => call('load results', () => readResults(place)),
      resultsOf: (runId, openid) =>
        call('find results', () => {
          const place = lastBefore('results', runId, shardOf(openid), openid);
          return place && { key: place, results: readResults(place) };
        }),
      async putResults(place, results, tally) {
        const first = writeOfResults(place, results);
        const label = `put results${tally ? ' and tally' : ''}`;
        const version = await call(label, () => {
          const result = write([first, ...(tally ? [writeOfTally(place, tally)] : [])]);
          return result === 'conflict' ? undefined : rows.get(first.key)?.version;
        });
        return version === undefined ? 'conflict' : { value: results.value, version };
      },
      putWithLedger(ledger, place, results, tally) {
        const writes = [writeOfLedger(ledger), writeOfResults(place, results)];
        return call('put results and ledger', () => write([...writes, writeOfTally(place, tally)]));
      },
      loadTallies: (runId) =>
        call(
          'load tallies',
          () => new Map(SHARDS.map((shard) => [shard, { ...readTally(runId, shard), recently: new Map() }])),
        ),
      setPlanned: (runId, shard, planned) =>
        call('set planned', () => {
          const value = { ...readTally(runId, shard), planned };
          write([{ key: `tally ${runId} ${shard}`, value, over: 'anything' }]);
        }),
    };
  }

  function eraserPorts(call: TableCall): UserEraser {
    return {
      listBelongings: (openid) =>
        call('list belongings', () => {
          const keys = [...rows.keys()].filter(
            (key) => key.startsWith('message ') && key.endsWith(`_${openid}`),
          );
          const records = keys.flatMap((key) => readMessage(key.slice('message '.length))?.value ?? []);
          const erase = () => call('delete records', () => keys.forEach((key) => void rows.delete(key)));
          return { records, erase };
        }),
      leaveAudiences: () => call('leave audiences', () => undefined),
      shrinkLedger: ({ value: { openid }, version }, left) =>
        call('delete ledger', () => {
          const key = `ledger ${openid}`;
          if (left) return write([{ key, value: left, over: version }]);
          const row = rows.get(key);
          if (row && row.version !== version) return 'conflict';
          if (rows.delete(key)) deleted(openid);
          return 'committed';
        }),
    };
  }

  /** What has a record, and what waits in the ledgers. */
  function messagesByAnyRecord(): ReadonlyMap<string, Message> {
    const recorded = viewOf(rows, 'message ', (id) => readMessage(id)?.value);
    const ledgers = viewOf(rows, 'ledger ', (openid) => readLedger(openid).value);
    const all = () => {
      const own = [...recorded.values()].flatMap((message) => message ?? []);
      const ids = new Set(own.map(({ id }) => id));
      return [...own, ...[...ledgers.values()].flatMap((ledger) => waitingBeside(ledger, ids))];
    };
    return {
      get: (id: string) => all().find((message) => message.id === id),
      values: () => all().values(),
    } as unknown as ReadonlyMap<string, Message>;
  }

  return {
    ledgers: viewOf(rows, 'ledger ', (openid) => readLedger(openid).value),
    messages: messagesByAnyRecord(),
    runs: viewOf(rows, 'run ', (id) => readRun(id)?.value),
    pagesOf: (runId) =>
      placesOf('page', runId).map((place) => ({
        place,
        page: readPage(place)!,
        results: readResults(place).value,
      })),
    putLedger(ledger) {
      write([{ key: `ledger ${ledger.openid}`, value: ledger, over: 'anything' }]);
    },
    ports(call, kernel, clock) {
      const runs = runPorts(call);
      return {
        runs,
        store: messagePorts(call, kernel, runs, clock),
        eraser: eraserPorts(call),
        audience: {
          openids: (_templateId, shard, limit, after) =>
            call('audience', () => {
              const all = [...rows.keys()]
                .filter((key) => key.startsWith('ledger '))
                .map((key) => key.slice('ledger '.length))
                .filter((openid) => shardOf(openid) === shard && openid > after)
                .sort();
              const openids = all.slice(0, Math.min(limit, 2));
              return { openids, next: openids.length < all.length ? openids.at(-1) : undefined };
            }),
          loadLedgers: (openids) =>
            call(
              'load ledgers',
              () =>
                new Map(
                  openids
                    .map((openid) => [openid, readLedger(openid)] as const)
                    .filter(([, { version }]) => version !== undefined),
                ),
            ),
        },
        campaigns: {
          recipientsOf: () => Promise.reject(new Error('Not simulated.')),
        },
      };
    },
  };
}

/** One write of the table in one line. */
function describe(key: string, value: unknown): string {
  const ledger = v.safeParse(ledgerSchema, value);
  if (key.startsWith('ledger ') && ledger.success) return describeWrite({ ledger: ledger.output });
  return `${key} = ${JSON.stringify(value)}`;
}

function viewOf<T>(
  rows: ReadonlyMap<string, Row>,
  prefix: string,
  readOne: (id: string) => T | undefined,
): ReadonlyMap<string, T> {
  const ids = () =>
    [...rows.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  return {
    get: (id: string) => (rows.has(prefix + id) ? readOne(id) : undefined),
    *values() {
      for (const id of ids()) yield readOne(id);
    },
  } as unknown as ReadonlyMap<string, T>;
}
