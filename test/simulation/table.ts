import * as v from 'valibot';
import type { CountMark, GrantStore } from '../../lib/grants/grant-store.ts';
import { emptyLedger, type Ledger, ledgerSchema } from '../../lib/grants/ledger.ts';
import type { BoundKey, IdempotencyKeys } from '../../lib/messages/idempotency-keys.ts';
import { type Message, messageSchema } from '../../lib/messages/message.ts';
import type { Change, MessageStore } from '../../lib/messages/message-store.ts';
import {
  isOnlyWaiting,
  messageWithLedger,
  waitingBeside,
  withWaiting,
} from '../../lib/messages/waiting-messages.ts';
import type { DueIndex } from '../../lib/sends/dispatch-due.ts';
import type { DueEntries, DueEntry } from '../../lib/sends/send-job.ts';
import type { UserEraser } from '../../lib/users/erase-user.ts';
import type { Versioned } from '../../lib/versioned.ts';
import type { Chance } from './chance.ts';
import { createSimulatedDueIndex } from './due-index.ts';
import { createSimulatedEraser } from './eraser.ts';
import type { Faults } from './faults.ts';
import type { Kernel } from './kernel.ts';
import type { Process, Processes } from './processes.ts';

/** The table as it stands, for the checks; functions reach it through the ports only. */
export interface TableState {
  readonly ledgers: ReadonlyMap<string, Ledger>;
  /** Those that wait and those that have records, but for what was erased. */
  readonly messages: ReadonlyMap<string, Message>;
  messagesOf(openid: string): readonly Message[];
  /** Messages that went with their user's item. */
  readonly erased: ReadonlySet<string>;
  /** The due entries that no cursor has passed. */
  dueEntries(): readonly DueEntry[];
  /** The marks of what has been counted in a user's present life. */
  marksOf(openid: string): readonly CountMark[];
  /** What is left of users' former lives. */
  remains(openid: string): readonly string[];
}

/** The table and the ports through which a process reaches it. */
export interface SimulatedTable {
  readonly state: TableState;
  ports(
    process: Process,
    kernel: Kernel,
  ): {
    store: MessageStore;
    grantStore: GrantStore;
    keys: IdempotencyKeys;
    eraser: UserEraser;
    dueEntries: DueEntries;
    dueIndex: DueIndex;
  };
}

/** A write, and what was there before. */
export interface TableWrite {
  readonly ledger?: Ledger;
  readonly records?: readonly { readonly message: Message; readonly before?: Message }[];
}

/** What the table is built on, and who wants to know of its writes. */
export interface TableOptions {
  readonly processes: Processes;
  readonly chance: Chance;
  readonly faults: () => Faults;
  /** The time by the table's own clock. */
  readonly now: () => number;
  /** Called after each write. */
  readonly written: (write: TableWrite) => void;
  /** Called after a due entry was written. */
  readonly entered: () => void;
  /** Called after a user's item was deleted. */
  readonly deleted: (openid: string, by: Process) => void;
}

/** What stands in the table. */
export interface Rows {
  readonly ledgers: Map<string, Row<Ledger>>;
  readonly messages: Map<string, Row<Message>>;
  /** The records of each user, newest first. */
  readonly byUser: Map<string, string[]>;
  /** The marks of each user, with the life that they were set in. */
  readonly marks: Map<string, Map<CountMark, string>>;
  readonly keys: Map<string, BoundKey>;
  readonly erased: Set<string>;
}

/** One item. */
export interface Row<T> {
  readonly value: T;
  readonly json: string;
  readonly version: string;
}

/** Small, so that lists run over several pages. */
const PAGE_SIZE = 3;

/**
 * An in-memory table that promises what the real one does and no more: writes bound to a version, transactions all or
 * nothing, reads that see the latest write, but of two items at two moments.
 * What is written goes through the schema of the stored item and back, as it does in the real one.
 */
export function createTable(options: TableOptions): SimulatedTable {
  const { processes, chance, faults } = options;
  const rows: Rows = {
    ledgers: new Map(),
    messages: new Map(),
    byUser: new Map(),
    marks: new Map(),
    keys: new Map(),
    erased: new Set(),
  };
  const { ledgers, messages, byUser, keys, erased } = rows;
  const index = createSimulatedDueIndex(processes, () => options.entered());
  let versions = 0;

  const row = <T>(schema: v.GenericSchema<unknown, T>, value: object): Row<T> => {
    const parsed = v.parse(schema, JSON.parse(JSON.stringify(value)));
    return { value: parsed, json: JSON.stringify(parsed), version: `v${++versions}` };
  };
  const stored = <T>({ json, version }: Row<T>): Versioned<T> => ({ value: JSON.parse(json), version });
  const readRecord = (id: string): Versioned<Message> | undefined => {
    const found = messages.get(id);
    return found && stored(found);
  };
  const readLedger = (openid: string): Versioned<Ledger> => {
    const found = ledgers.get(openid);
    return found ? stored(found) : { value: emptyLedger(openid), version: undefined };
  };

  function putLedger(value: Ledger): Ledger {
    const written = row(ledgerSchema, { ...value, life: value.life ?? `life${++versions}` });
    ledgers.set(value.openid, written);
    return written.value;
  }

  function putRecord(value: Message): Message {
    const written = row(messageSchema, value);
    if (!messages.has(value.id))
      byUser.set(value.openid, [value.id, ...(byUser.get(value.openid) ?? [])].sort().reverse());
    messages.set(value.id, written);
    return written.value;
  }

  function commit({ ledger, records = [] }: Change): 'committed' | 'conflict' {
    if (ledger && ledgers.get(ledger.value.openid)?.version !== ledger.version) return 'conflict';
    if (records.some(({ value, version }) => messages.get(value.id)?.version !== version)) return 'conflict';
    options.written({
      ...(ledger && { ledger: putLedger(ledger.value) }),
      records: records.map(({ value }) => {
        const before = messages.get(value.id)?.value;
        return { message: putRecord(value), ...(before && { before }) };
      }),
    });
    return 'committed';
  }

  function commitCounted(ledger: Versioned<Ledger>, marks: readonly CountMark[]): 'committed' | 'conflict' {
    const { openid } = ledger.value;
    const set = rows.marks.get(openid) ?? new Map<CountMark, string>();
    if (ledgers.get(openid)?.version !== ledger.version || marks.some((mark) => set.has(mark))) {
      return 'conflict';
    }
    const written = putLedger(ledger.value);
    for (const mark of marks) set.set(mark, written.life ?? '');
    rows.marks.set(openid, set);
    options.written({ ledger: written });
    return 'committed';
  }

  function bind(name: string, to: BoundKey, read: BoundKey | undefined): 'committed' | 'conflict' {
    const bound = keys.get(name);
    if (bound && bound.expiresAtMs > options.now() && bound.messageStem !== read?.messageStem)
      return 'conflict';
    keys.set(name, to);
    return 'committed';
  }

  /** The ledger and then the message, at two moments. */
  async function load(process: Process, messageId: string) {
    const openid = messageId.slice(messageId.lastIndexOf('_') + 1);
    let message: Versioned<Message> | undefined;
    let ledger = readLedger(openid);
    const parts = [
      () => {
        ledger = readLedger(openid);
      },
      () => {
        if (!isOnlyWaiting(ledger.value, messageId)) message = readRecord(messageId);
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

  /** What waits for a user, and what has a record and was not erased. */
  function messagesOf(openid: string): readonly Message[] {
    const ids = (byUser.get(openid) ?? []).filter((id) => !erased.has(id));
    const ledger = ledgers.get(openid)?.value;
    const recorded = ids.map((id) => messages.get(id)!.value);
    return ledger ? [...recorded, ...waitingBeside(ledger, new Set(ids))] : recorded;
  }

  function allMessages(): ReadonlyMap<string, Message> {
    const openids = () => new Set([...ledgers.keys(), ...byUser.keys()]);
    const all = () => [...openids()].flatMap(messagesOf);
    return {
      get: (id: string) => {
        if (erased.has(id)) return undefined;
        const ofUser = () => messagesOf(id.slice(id.lastIndexOf('_') + 1));
        return messages.get(id)?.value ?? ofUser().find((message) => message.id === id);
      },
      get size() {
        return all().length;
      },
      values: () => all().values(),
    } as unknown as ReadonlyMap<string, Message>;
  }

  const presentLife = (openid: string) => ledgers.get(openid)?.value.life;
  const marksWhere = (openid: string, ofLife: (life: string) => boolean) =>
    [...(rows.marks.get(openid) ?? [])].filter(([, life]) => ofLife(life)).map(([mark]) => mark);

  return {
    state: {
      ledgers: valuesOf(ledgers),
      messages: allMessages(),
      messagesOf,
      erased,
      dueEntries: index.ahead,
      marksOf: (openid) => marksWhere(openid, (life) => life === presentLife(openid)),
      remains: (openid) => [
        ...marksWhere(openid, (life) => life !== presentLife(openid)),
        ...(byUser.get(openid) ?? []).filter((id) => erased.has(id)),
        ...index
          .all()
          .filter(({ messageId }) => erased.has(messageId) && messageId.endsWith(`_${openid}`))
          .map(({ messageId }) => `entry of ${messageId}`),
      ],
    },
    ports(process, kernel) {
      const loadLedger = (openid: string) => processes.call(process, 'loadLedger', () => readLedger(openid));
      const store: MessageStore = {
        load: (messageId) => load(process, messageId),
        loadLedger,
        loadRecord: (messageId) => processes.call(process, 'loadRecord', () => readRecord(messageId)),
        findSend: (id, ledger) => kernel.findMessageSend({ store, clock: process.clock }, id, ledger),
        commit: (change) => {
          const json = JSON.stringify(change);
          return processes.call(process, describe(change), () => commit(JSON.parse(json)));
        },
        listOfUser: (openid, limit, after) =>
          processes.call(process, 'listOfUser', () => pageOf(openid, Math.min(limit, PAGE_SIZE), after)),
      };
      return {
        ...index.ports(process),
        eraser: createSimulatedEraser({
          process,
          processes,
          rows,
          index,
          putLedger,
          deleted: options.deleted,
        }),
        store,
        keys: {
          find: (scope, key) => processes.call(process, 'find key', () => keys.get(`${scope} ${key}`)),
          bind: ({ scope, key }, to, read) =>
            processes.call(process, 'bind key', () => bind(`${scope} ${key}`, to, read)),
        },
        grantStore: {
          loadLedger,
          countedOf: (openid, marks) =>
            processes.call(
              process,
              'countedOf',
              () => new Set(marks.filter((mark) => rows.marks.get(openid)?.has(mark))),
            ),
          commitCounted: (ledger, marks) => {
            const json = JSON.stringify(ledger);
            return processes.call(process, 'commitCounted', () =>
              commitCounted(JSON.parse(json), [...marks]),
            );
          },
          listByTemplate: () => Promise.reject(new Error('Not simulated.')),
        },
      };
    },
  };
}

function describe({ ledger, records = [] }: Change): string {
  const parts = [ledger && 'ledger', ...records.map(({ value }) => `message:${value.state}`)];
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
