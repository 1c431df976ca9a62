import type { TemplateUsers } from '../../lib/campaigns/runs/recipient-source.ts';
import type { RunStore } from '../../lib/campaigns/runs/run-store.ts';
import type { Clock } from '../../lib/clock.ts';
import { type CountMark, setMarks, withMarks } from '../../lib/grants/deduplication-marks.ts';
import type { GrantStore } from '../../lib/grants/grant-store.ts';
import type { Ledger } from '../../lib/grants/ledger.ts';
import type { DueIndexReader } from '../../lib/messages/dispatch-due.ts';
import type { BoundKey, IdempotencyKeys } from '../../lib/messages/idempotency-keys.ts';
import type { Message } from '../../lib/messages/message.ts';
import type { Change, MessageStore } from '../../lib/messages/message-store.ts';
import { readMessage, withPending } from '../../lib/messages/pending-messages.ts';
import type { DueIndexWriter } from '../../lib/messages/send-job.ts';
import type { Versioned } from '../../lib/versioned.ts';
import type { AppItems } from './app-items.ts';
import { DUE_SHARDS } from './due-rows.ts';
import type { Kernel } from './kernel.ts';
import type { Process } from './processes.ts';
import { openidIn } from './table-part.ts';

/** A call to the table, whose effect comes about at one moment. */
export type TableCall = <T>(label: string, effect: () => T) => Promise<T>;

/** Who calls, and how. */
export interface Caller {
  readonly call: TableCall;
  readonly process: Process;
  readonly clock: Clock;
}

/** Small, so that lists run over several pages. */
const PAGE_SIZE = 3;

/** Few, so that marks leave the ledger. */
const RECENT_MARKS = 2;

/** Messages and grants, as a process reaches them. */
export function createMessagePorts(
  { user: table, keys: { rows: keyRows }, audience }: AppItems,
  kernel: Pick<Kernel, 'findMessageSend' | 'findRecipientSend'>,
  runs: RunStore,
  { call, clock }: Caller,
) {
  const { rows, readLedger } = table;
  const loadLedger = (openid: string) => call('load ledger', () => readLedger(openid));
  const readRecord = (id: string) => table.stored(rows.messages.get(id));

  function commit({ ledger, records = [] }: Change): () => 'committed' | 'conflict' {
    const ledgerRow = ledger && table.rowOfLedger(ledger.value);
    const recordRows = records.map(({ value }) => table.rowOfMessage(value));
    return () => {
      if (ledger && readLedger(ledger.value.openid).version !== ledger.version) return 'conflict';
      if (records.some(({ value, version }) => rows.messages.get(value.id)?.version !== version))
        return 'conflict';
      if (ledgerRow) rows.ledgers.set(ledgerRow.value.openid, ledgerRow);
      const written = recordRows.map(table.putRecord);
      table.written({ ...(ledgerRow && { ledger: ledgerRow.value }), records: written });
      return 'committed';
    };
  }

  function commitCounted(
    ledger: Versioned<Ledger>,
    marks: readonly CountMark[],
    templateIds: readonly string[],
  ): () => 'committed' | 'conflict' {
    const { openid } = ledger.value;
    const { counted, outgrown } = withMarks(ledger.value.counted, marks, RECENT_MARKS);
    const row = table.rowOfLedger({ ...ledger.value, counted });
    return () => {
      if (readLedger(openid).version !== ledger.version) return 'conflict';
      rows.ledgers.set(openid, row);
      table.countedIn(row.value, marks, outgrown);
      for (const templateId of templateIds) audience.join(templateId, openid, clock());
      table.written({ ledger: row.value });
      return 'committed';
    };
  }

  function bind(name: string, to: BoundKey, read: BoundKey | undefined): 'committed' | 'conflict' {
    const bound = keyRows.keys.get(name);
    if (bound && bound.expiresAtMs > clock() && bound.messageStem !== read?.messageStem) return 'conflict';
    keyRows.keys.set(name, to);
    return 'committed';
  }

  function listRecords(openid: string, limit: number, after: string | undefined) {
    const ids = (rows.byUser.get(openid) ?? [])
      .filter((id) => after === undefined || id < after)
      .slice(0, limit);
    const last = ids.length === limit ? ids.at(-1) : undefined;
    return {
      items: ids.map((id) => table.stored(rows.messages.get(id))!),
      ...(last !== undefined && { next: last }),
    };
  }

  const store: MessageStore = {
    async load(messageId) {
      const ledger = await loadLedger(openidIn(messageId));
      return { ledger, message: await readMessage(store, messageId, ledger.value) };
    },
    loadLedger,
    loadRecord: (messageId) => call('load record', () => readRecord(messageId)),
    async findSend(id, ledger) {
      const recipient = await kernel.findRecipientSend({ runs, clock }, id);
      return recipient ?? kernel.findMessageSend({ store, clock }, id, ledger);
    },
    commit: (change) => call(labelOf(change), commit(change)),
    async listOfUser(openid, most, after) {
      const limit = Math.min(most, PAGE_SIZE);
      const ledger = await loadLedger(openid);
      const page = await call('list records', () => listRecords(openid, limit, after));
      return withPending(page, ledger.value, limit, after);
    },
  };
  const keys: IdempotencyKeys = {
    find: (scope, key) => call('find key', () => keyRows.keys.get(`${scope} ${key}`)),
    bind: ({ scope, key }, to, read) => call('bind key', () => bind(`${scope} ${key}`, to, read)),
  };
  let announcedAtMs: number | undefined;
  const grantStore: GrantStore = {
    loadLedger,
    async countedOf({ openid, counted }, marks) {
      const earlier = counted?.hasEarlier ? await call('counted', () => table.earlierMarksOf(openid)) : [];
      return setMarks(counted, earlier, marks);
    },
    announce(ledger) {
      announcedAtMs = clock();
      const row = table.rowOfLedger(ledger.value);
      return call('announce', () => {
        if (readLedger(row.value.openid).version !== ledger.version) return 'conflict';
        rows.ledgers.set(row.value.openid, row);
        table.written({ ledger: row.value });
        return row;
      });
    },
    async joinAudiences(openid, templateIds) {
      const atMs = announcedAtMs ?? clock();
      const join = (templateId: string) =>
        call('join audience', () => audience.join(templateId, openid, atMs));
      await Promise.all(templateIds.map(join));
      return 'committed';
    },
    commitCounted: (ledger, marks, templateIds) =>
      call('commit counted', commitCounted(ledger, marks, templateIds)),
    listByTemplate: () => Promise.reject(new Error('Not simulated.')),
  };
  const audienceStore: TemplateUsers = {
    openids: (templateId, shard, limit, after) =>
      call('audience', () => {
        const all = [...(audience.rows.audiences.get(templateId)?.keys() ?? [])]
          .filter((openid) => runs.shardOf(openid) === shard && openid > after)
          .sort();
        const openids = all.slice(0, Math.min(limit, PAGE_SIZE));
        return { openids, next: openids.length < all.length ? openids.at(-1) : undefined };
      }),
    loadLedgers: (openids) =>
      call('load ledgers', () => {
        const found = openids.flatMap((openid) => table.stored(rows.ledgers.get(openid)) ?? []);
        return new Map(found.map((ledger) => [ledger.value.openid, ledger]));
      }),
  };
  return { store, keys, grantStore, audience: audienceStore };
}

/** The due index, as a process reaches it. */
export function createDuePorts({ due: { rows } }: Pick<AppItems, 'due'>, { call }: Caller) {
  const { due } = rows;
  const dueEntries: DueIndexWriter = {
    put: (entry) => call('put due entry', () => due.put(entry)),
    remove: (messageId, dueAtMs) => call('remove due entry', () => due.remove(messageId, dueAtMs)),
  };
  const dueIndex: DueIndexReader = {
    shards: DUE_SHARDS,
    cursors: () => call('read cursors', () => due.cursors()),
    next: (shard, beforeMs, after) => call('next due entries', () => due.next(shard, beforeMs, after)),
    moveCursor: (shard, cursor) => call('move cursor', () => due.moveCursor(shard, cursor)),
  };
  return { dueEntries, dueIndex };
}

function labelOf({ ledger, records = [] }: Change): string {
  const nameOf = ({ collapsedInto, state }: Message) => (collapsedInto === undefined ? state : 'collapsed');
  const parts = [ledger && 'ledger', ...records.map(({ value }) => `message:${nameOf(value)}`)];
  return `commit ${parts.filter(Boolean).join('+')}`;
}
