import * as v from 'valibot';
import type { BatchKey, RunBatch } from '../../lib/campaigns/runs/batch.ts';
import { type BatchResults, NO_TALLY, UNTOUCHED } from '../../lib/campaigns/runs/results.ts';
import { type RunRecord, runRecord } from '../../lib/campaigns/runs/run.ts';
import type { ShardTally } from '../../lib/campaigns/runs/run-store.ts';
import { packResults } from '../../lib/dynamodb/pack-results.ts';
import { packBatch, toBatch, toResults } from '../../lib/dynamodb/run-items.ts';
import type { CountMark } from '../../lib/grants/deduplication-marks.ts';
import { templateIdsOf } from '../../lib/grants/grant-key.ts';
import { emptyLedger, type Ledger, ledgerSchema } from '../../lib/grants/ledger.ts';
import { type AppRateLimits, NO_LIMIT } from '../../lib/limits/rate-limit.ts';
import type { BoundKey } from '../../lib/messages/idempotency-keys.ts';
import { type Message, messageSchema } from '../../lib/messages/message.ts';
import { listPending } from '../../lib/messages/pending-messages.ts';
import type { SharedState } from '../../lib/token/access-token-store.ts';
import type { Versioned } from '../../lib/versioned.ts';
import { createDueRows } from './due-rows.ts';
import type { TableListener } from './table.ts';

/** An item as it stands. Its value is frozen, so that it can be handed out as it is. */
interface Row<T> {
  readonly value: T;
  readonly version: string;
}

/** What all functions of an app share for sending. */
interface SharedRows {
  token: SharedState & { lease?: { readonly by: string; readonly untilMs: number }; forcedAtMs?: number };
  rateLimit: Versioned<AppRateLimits>;
}

/** One shard of a run. */
interface ShardRows {
  readonly batches: Map<string, RunBatch>;
  readonly results: Map<string, Versioned<BatchResults>>;
  tally: ShardTally;
}

/**
 * One app's part of an in-memory table that promises what the real one does and no more: writes bound to a
 * version, transactions all or nothing, reads that see the latest write. What is written goes through the
 * schema of the stored item and back. Functions reach it through ports.
 */
export function createPart(listener: TableListener) {
  const ledgers = new Map<string, Row<Ledger>>();
  const messages = new Map<string, Row<Message>>();
  /** The records of each user, newest first. */
  const byUser = new Map<string, string[]>();
  /** What was counted of each user, with the life that it was counted in: the ledgers know only hashes. */
  const marks = new Map<string, Map<CountMark, string>>();
  /** The items of marks that left each user's ledger, with the life that they were of. */
  const earlierMarks = new Map<string, Map<string, { readonly marks: string; readonly life: string }>>();
  const keys = new Map<string, BoundKey>();
  /** Who ever answered for a template, with the moment when this was announced. */
  const audiences = new Map<string, Map<string, number>>();
  /** The lives of users in which an erasure took their places away. */
  const left = new Set<string>();
  const runs = new Map<string, Row<RunRecord>>();
  const shards = new Map<string, ShardRows>();
  /** Messages that went with their user's item. */
  const erased = new Set<string>();
  const shared: SharedRows = { token: {}, rateLimit: { value: NO_LIMIT, version: undefined } };
  const due = createDueRows(listener.entered);
  let versions = 0;
  const newVersion = () => `v${++versions}`;

  /** Checks the form of a value where it is written, not where it arrives. */
  function rowOf<T>(schema: v.GenericSchema<unknown, T>, value: object): Row<T> {
    return { value: frozen(v.parse(schema, JSON.parse(JSON.stringify(value)))), version: newVersion() };
  }

  const rowOfLedger = (value: Ledger) => rowOf(ledgerSchema, { life: `life${versions}`, ...value });
  const rowOfMessage = (value: Message) => rowOf(messageSchema, value);
  const rowOfRun = (value: RunRecord) => rowOf(runRecord, value);
  function rowOfResults({ results, ...rest }: BatchResults): Versioned<BatchResults> {
    return toResults(structuredClone({ ...packResults(results), ...rest, version: newVersion() }));
  }

  const stored = <T>(row: Row<T> | undefined): Versioned<T> | undefined => row;
  const readLedger = (openid: string): Versioned<Ledger> =>
    ledgers.get(openid) ?? { value: emptyLedger(openid), version: undefined };

  function putRecord(row: Row<Message>): { message: Message; before?: Message } {
    const { id, openid } = row.value;
    const before = messages.get(id)?.value;
    if (!before) byUser.set(openid, [id, ...(byUser.get(openid) ?? [])].sort().reverse());
    messages.set(id, row);
    return { message: row.value, ...(before && { before }) };
  }

  function countedIn({ openid, life = '' }: Ledger, added: readonly CountMark[], outgrown?: string): void {
    const counted = marks.get(openid) ?? new Map<CountMark, string>();
    for (const mark of added) counted.set(mark, life);
    marks.set(openid, counted);
    if (outgrown === undefined) return;
    const items = earlierMarks.get(openid) ?? new Map();
    earlierMarks.set(openid, items.set(newVersion(), { marks: outgrown, life }));
  }

  function shardOf({ runId, shard }: Omit<BatchKey, 'start'>): ShardRows {
    const name = `${runId} ${shard}`;
    const known = shards.get(name);
    if (known) return known;
    const recently = new Map<number, number>();
    const created = {
      batches: new Map(),
      results: new Map(),
      tally: { ...NO_TALLY, batchesDone: 0, recently },
    };
    shards.set(name, created);
    return created;
  }

  const readResults = (key: BatchKey): Versioned<BatchResults> =>
    shardOf(key).results.get(key.start) ?? { value: UNTOUCHED, version: undefined };

  function putResults(key: BatchKey, row: Versioned<BatchResults>): void {
    const before = readResults(key).value;
    shardOf(key).results.set(key.start, row);
    listener.written({ results: { key, after: row.value, before } });
  }

  function putBatch(key: BatchKey, batch: RunBatch): void {
    const written = toBatch(JSON.parse(JSON.stringify(packBatch(batch))));
    shardOf(key).batches.set(key.start, frozen(written));
    listener.written({ batch: { key, batch: written } });
  }

  /** What waits for a user, and what has a record and was not erased. */
  function messagesOf(openid: string): readonly Message[] {
    const ids = (byUser.get(openid) ?? []).filter((id) => !erased.has(id));
    const ledger = ledgers.get(openid)?.value;
    const recorded = ids.map((id) => messages.get(id)!.value);
    return ledger ? [...recorded, ...listPending(ledger, new Set(ids))] : recorded;
  }

  function findMessage(id: string): Message | undefined {
    if (erased.has(id)) return undefined;
    return messages.get(id)?.value ?? messagesOf(openidIn(id)).find((message) => message.id === id);
  }

  function* batchesOf(runId: string) {
    for (const [name, { batches }] of shards) {
      const [of, shard] = name.split(' ');
      if (of !== runId) continue;
      for (const [after, batch] of batches) {
        const key = { runId, shard: Number(shard), start: after };
        yield { key, batch, results: readResults(key).value };
      }
    }
  }

  function templatesOf(openid: string): ReadonlySet<string> {
    const { value } = readLedger(openid);
    return new Set([...templateIdsOf(value), ...(value.joining?.templateIds ?? [])]);
  }
  const presentLife = (openid: string) => ledgers.get(openid)?.value.life;

  return {
    rows: { ledgers, messages, byUser, earlierMarks, keys, audiences, runs, erased, due, shared, shardOf },
    newVersion,
    rowOfLedger,
    rowOfMessage,
    rowOfRun,
    rowOfResults,
    stored,
    readLedger,
    readResults,
    putRecord,
    countedIn,
    earlierMarksOf: (openid: string) =>
      [...(earlierMarks.get(openid)?.values() ?? [])].map((each) => each.marks),
    putResults,
    putBatch,
    join(templateId: string, openid: string, atMs: number): void {
      audiences.set(templateId, (audiences.get(templateId) ?? new Map<string, number>()).set(openid, atMs));
    },
    leave(templateId: string, openid: string): void {
      audiences.get(templateId)?.delete(openid);
      left.add(`${openid} ${presentLife(openid)}`);
    },
    written: listener.written,
    deleted: listener.deleted,
    /** What stands there, for the checks. */
    state: {
      ledgerOf: (openid: string): Ledger | undefined => ledgers.get(openid)?.value,
      ledgers: () => [...ledgers.values()].map(({ value }) => value),
      /** Those that wait and those that have records, but for what was erased. */
      messages: () => [...new Set([...ledgers.keys(), ...byUser.keys()])].flatMap(messagesOf),
      messagesOf,
      findMessage,
      wasErased: (id: string) => erased.has(id),
      run: (id: string) => runs.get(id)?.value,
      runs: () => [...runs.values()].map(({ value }) => value),
      batchesOf,
      /** Whether campaigns find a user, but for a life in which an erasure began to take their places away. */
      isInAudience: (templateId: string, openid: string) =>
        audiences.get(templateId)?.has(openid) || left.has(`${openid} ${presentLife(openid)}`),
      /** The due entries that no cursor has passed. */
      dueEntries: due.ahead,
      /** The marks of what has been counted in a user's present life. */
      marksOf: (openid: string) =>
        [...(marks.get(openid) ?? [])].flatMap(([mark, life]) => (life === presentLife(openid) ? mark : [])),
      /** What is left of users' former lives, and of places since before a moment which no ledger leads to. */
      remains: (openid: string, beforeMs: number): readonly string[] => [
        ...[...audiences]
          .filter(([, places]) => (places.get(openid) ?? beforeMs) < beforeMs)
          .filter(([templateId]) => !templatesOf(openid).has(templateId))
          .map(([templateId]) => `place in ${templateId}`),
        ...[...(earlierMarks.get(openid)?.values() ?? [])]
          .filter(({ life }) => life !== presentLife(openid))
          .map((item) => item.marks),
        ...(byUser.get(openid) ?? []).filter((id) => erased.has(id)),
        ...due
          .all()
          .filter(({ messageId }) => erased.has(messageId) && openidIn(messageId) === openid)
          .map(({ messageId }) => `entry of ${messageId}`),
      ],
    },
  };
}

/** The items of one app. */
export type TablePart = ReturnType<typeof createPart>;

/** The items of one app as they stand, for the checks. */
export type TableState = TablePart['state'];

/** The user that a message id names. */
export function openidIn(messageId: string): string {
  return messageId.slice(messageId.lastIndexOf('_') + 1);
}

/** Frozen to the bottom: whoever changed what was read would change the table. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) frozen(part);
  return value;
}
