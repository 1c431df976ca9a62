import * as v from 'valibot';
import type { BookedNotes, DueIndex } from '../../lib/delivery/dispatch-due.ts';
import type { CountMark, GrantStore } from '../../lib/grants/grant-store.ts';
import { emptyLedger, type Ledger } from '../../lib/grants/ledger.ts';
import { isPending, type Message } from '../../lib/messages/message.ts';
import type { Change, IdempotencyRecord, MessageStore } from '../../lib/messages/message-store.ts';
import type { BookedNote, BookNote } from '../../lib/messages/send-job.ts';
import {
  isOnlyWaiting,
  messageWithLedger,
  waitingBeside,
  withWaiting,
} from '../../lib/messages/waiting-messages.ts';
import type { Stored } from '../../lib/stored.ts';
import { ledgerItem } from '../../lib/table/ledger-item.ts';
import { messageItem } from '../../lib/table/message-item.ts';
import { createSimulatedNotes } from './booked-notes.ts';
import type { Chance } from './chance.ts';
import { createLaggingIndex, SHARDS } from './due-index.ts';
import type { Faults } from './faults.ts';
import type { Process, Processes } from './processes.ts';
import type { Scheduler } from './scheduler.ts';

/** The table as it stands, for the checks; functions reach it through the ports only. */
export interface TableState {
  readonly ledgers: ReadonlyMap<string, Ledger>;
  readonly messages: ReadonlyMap<string, Message>;
  messagesOf(openid: string): readonly Message[];
  /** The notes of booked messages that were not handed over. */
  bookedNotes(): readonly BookedNote[];
  /** The marks of what has been counted for a user. */
  marksOf(openid: string): readonly CountMark[];
}

/** The table and the ports through which a process reaches it. */
export interface SimulatedTable {
  readonly state: TableState;
  ports(process: Process): {
    store: MessageStore;
    grantStore: GrantStore;
    dueIndex: DueIndex;
    bookNote: BookNote;
    bookedNotes: BookedNotes;
  };
}

/** What the table is built on, and who wants to know of its writes. */
export interface TableOptions {
  readonly scheduler: Scheduler;
  readonly processes: Processes;
  readonly chance: Chance;
  readonly faults: () => Faults;
  /** Called after each write, with what was there before. */
  readonly written: (change: { ledger?: Ledger; message?: Message; before?: Message }) => void;
  /** Called after the note of a booked message was put there. */
  readonly noted: () => void;
}

interface Row<T> {
  readonly value: T;
  readonly json: string;
  readonly version: string;
}

/** Small, so that lists run over several pages. */
const PAGE_SIZE = 3;

/**
 * An in-memory table that promises what the real one does and no more: writes bound to a version, transactions all or
 * nothing, reads that see the latest write, but of two items at two moments, an index that lags behind.
 * What is written goes through the schema of the stored item and back, as it does in the real one.
 */
export function createTable(options: TableOptions): SimulatedTable {
  const { scheduler, processes, chance, faults } = options;
  const ledgers = new Map<string, Row<Ledger>>();
  const messages = new Map<string, Row<Message>>();
  const byUser = new Map<string, string[]>();
  const counted = new Map<string, Set<CountMark>>();
  const idempotency = new Map<string, IdempotencyRecord>();
  const index = createLaggingIndex();
  const notes = createSimulatedNotes(processes, () => options.noted());
  let versions = 0;

  const row = <T>(schema: v.GenericSchema<unknown, T>, value: T): Row<T> => {
    const parsed = v.parse(schema, JSON.parse(JSON.stringify(value)));
    return { value: parsed, json: JSON.stringify(parsed), version: `v${++versions}` };
  };
  const stored = <T>({ json, version }: Row<T>): Stored<T> => ({ value: JSON.parse(json), version });
  const readMessage = (id: string): Stored<Message> | undefined => {
    const found = messages.get(id);
    return found && stored(found);
  };
  const readLedger = (openid: string): Stored<Ledger> => {
    const found = ledgers.get(openid);
    return found ? stored(found) : { value: emptyLedger(openid), version: undefined };
  };

  function putLedger(value: Ledger): Ledger {
    const written = row(ledgerItem, value);
    ledgers.set(value.openid, written);
    return written.value;
  }

  function putMessage(value: Message): Message {
    const written = row(messageItem, value);
    if (!messages.has(value.id))
      byUser.set(value.openid, [value.id, ...(byUser.get(value.openid) ?? [])].sort().reverse());
    messages.set(value.id, written);
    const lag = faults().indexLagMs;
    index.update(scheduler.now() + (lag > 0 ? chance.between(0, lag) : 20), value.id, written);
    return written.value;
  }

  function commit(change: Change): 'committed' | 'conflict' {
    const { ledger, message, idempotency: record } = change;
    if (ledger && ledgers.get(ledger.value.openid)?.version !== ledger.version) return 'conflict';
    if (message && messages.get(message.value.id)?.version !== message.version) return 'conflict';
    const name = record && `${record.scope} ${record.key}`;
    if (name !== undefined && (idempotency.get(name)?.expiresAtMs ?? 0) > scheduler.now()) return 'conflict';
    const before = message && messages.get(message.value.id)?.value;
    if (record && name !== undefined) idempotency.set(name, record);
    options.written({
      ...(ledger && { ledger: putLedger(ledger.value) }),
      ...(message && { message: putMessage(message.value) }),
      ...(before && { before }),
    });
    return 'committed';
  }

  function commitCounted(ledger: Stored<Ledger>, marks: readonly CountMark[]): 'committed' | 'conflict' {
    const { openid } = ledger.value;
    const set = marksOf(openid);
    if (ledgers.get(openid)?.version !== ledger.version || marks.some((mark) => set.has(mark))) {
      return 'conflict';
    }
    for (const mark of marks) set.add(mark);
    options.written({ ledger: putLedger(ledger.value) });
    return 'committed';
  }

  function marksOf(openid: string): Set<CountMark> {
    const set = counted.get(openid) ?? new Set();
    counted.set(openid, set);
    return set;
  }

  /** The ledger and then the message, at two moments. */
  async function load(process: Process, messageId: string) {
    const openid = messageId.slice(messageId.lastIndexOf('_') + 1);
    let message: Stored<Message> | undefined;
    let ledger = readLedger(openid);
    const parts = [
      () => {
        ledger = readLedger(openid);
      },
      () => {
        if (!isOnlyWaiting(ledger.value, messageId)) message = readMessage(messageId);
      },
    ];
    const { tornRead } = faults();
    const apartMs = () => (tornRead > 0 && chance.happens(tornRead) ? chance.between(0, 2_000) : 0);
    await processes.callInParts(process, 'load', parts, apartMs);
    return messageWithLedger(messageId, message, ledger);
  }

  function pageOf(openid: string, limit: number, after?: string) {
    const ids = (byUser.get(openid) ?? []).filter((id) => after === undefined || id < after).slice(0, limit);
    const last = ids.length === limit ? ids.at(-1) : undefined;
    const page = {
      items: ids.map((id) => stored(messages.get(id)!)),
      ...(last === undefined ? {} : { next: last }),
    };
    return withWaiting(page, readLedger(openid).value, limit, after);
  }

  /** What the ledger of a user keeps, and what has a record of its own. */
  function messagesOf(openid: string): readonly Message[] {
    const ids = byUser.get(openid) ?? [];
    const ledger = ledgers.get(openid)?.value;
    const recorded = ids.map((id) => messages.get(id)!.value);
    return ledger ? [...recorded, ...waitingBeside(ledger, new Set(ids))] : recorded;
  }

  function messagesByAnyRecord(): ReadonlyMap<string, Message> {
    const openids = () => new Set([...ledgers.keys(), ...byUser.keys()]);
    const all = () => [...openids()].flatMap(messagesOf);
    return {
      get: (id: string) =>
        messages.get(id)?.value ??
        messagesOf(id.slice(id.lastIndexOf('_') + 1)).find((message) => message.id === id),
      get size() {
        return all().length;
      },
      values: () => all().values(),
    } as unknown as ReadonlyMap<string, Message>;
  }

  return {
    state: {
      ledgers: valuesOf(ledgers),
      messages: messagesByAnyRecord(),
      messagesOf,
      bookedNotes: notes.waiting,
      marksOf: (openid) => [...marksOf(openid)],
    },
    ports(process) {
      const loadLedger = (openid: string) => processes.call(process, 'loadLedger', () => readLedger(openid));
      return {
        ...notes.ports(process),
        store: {
          load: (messageId) => load(process, messageId),
          loadLedger,
          findOtherSend: () => Promise.resolve(undefined),
          commit: (change) => {
            const json = JSON.stringify(change);
            return processes.call(process, describe(change), () => commit(JSON.parse(json)));
          },
          findIdempotency: (scope, key) =>
            processes.call(process, 'findIdempotency', () => idempotency.get(`${scope} ${key}`)),
          listOfUser: (openid, limit, after) =>
            processes.call(process, 'listOfUser', () => pageOf(openid, Math.min(limit, PAGE_SIZE), after)),
        },
        grantStore: {
          loadLedger,
          countedOf: (openid, marks) =>
            processes.call(
              process,
              'countedOf',
              () => new Set(marks.filter((mark) => marksOf(openid).has(mark))),
            ),
          commitCounted: (ledger, marks) => {
            const json = JSON.stringify(ledger);
            return processes.call(process, 'commitCounted', () =>
              commitCounted(JSON.parse(json), [...marks]),
            );
          },
          listByTemplate: () => Promise.reject(new Error('Not simulated.')),
        },
        dueIndex: {
          shards: SHARDS,
          due: (shard, beforeMs) =>
            processes.call(process, 'due', () => index.due(scheduler.now(), shard, beforeMs).map(stored)),
        },
      };
    },
  };
}

function describe({ ledger, message, idempotency }: Change): string {
  const parts = [
    ledger && 'ledger',
    message && `message:${message.value.state}`,
    idempotency && 'idempotency',
  ];
  return `commit ${parts.filter(Boolean).join('+')}`;
}

function valuesOf<T>(rows: Map<string, Row<T>>): ReadonlyMap<string, T> {
  return {
    get: (key: string) => rows.get(key)?.value,
    get size() {
      return rows.size;
    },
    *values() {
      for (const { value } of rows.values()) yield value;
    },
  } as unknown as ReadonlyMap<string, T>;
}

/** When what waits for the dispatcher is due, though the index may not show it yet. */
export function dispatchMoments(state: TableState): readonly number[] {
  const parked = [...state.messages.values()].filter((message) => message.parked && isPending(message));
  return [...parked, ...state.bookedNotes()].map(({ dueAtMs }) => dueAtMs);
}
