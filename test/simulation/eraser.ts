import type { CountMark } from '../../lib/grants/grant-store.ts';
import type { Ledger } from '../../lib/grants/ledger.ts';
import { unpackWaiting } from '../../lib/grants/packed-waiting.ts';
import type { Belongings, ListedEntry, UserEraser } from '../../lib/users/erase-user.ts';
import type { Versioned } from '../../lib/versioned.ts';
import type { createSimulatedDueIndex } from './due-index.ts';
import type { Process, Processes } from './processes.ts';
import type { Rows } from './table.ts';

/** What erasing is built on. */
export interface EraserOptions {
  readonly process: Process;
  readonly processes: Processes;
  readonly rows: Rows;
  readonly index: Pick<ReturnType<typeof createSimulatedDueIndex>, 'remove'>;
  readonly putLedger: (ledger: Ledger) => Ledger;
  readonly deleted: (openid: string, by: Process) => void;
}

/** Erases users from the simulated table, and remembers what went with them. */
export function createSimulatedEraser(options: EraserOptions): UserEraser {
  const { process, processes, rows, index } = options;

  function shrink(
    { value: { openid }, version }: Versioned<Ledger>,
    left: Ledger | undefined,
    entries: readonly ListedEntry[],
  ): 'committed' | 'conflict' {
    const row = rows.ledgers.get(openid);
    if (!row) return 'committed';
    if (row.version !== version) return 'conflict';
    const staying = left ? unpackWaiting(left) : new Map();
    for (const id of unpackWaiting(row.value).keys()) if (!staying.has(id)) rows.erased.add(id);
    for (const { messageId, dueAtMs } of entries) index.remove(messageId, dueAtMs);
    if (left) {
      options.putLedger(left);
    } else {
      for (const id of rows.byUser.get(openid) ?? []) rows.erased.add(id);
      rows.ledgers.delete(openid);
      options.deleted(openid, process);
    }
    return 'committed';
  }

  function list(openid: string): Belongings {
    const records = (rows.byUser.get(openid) ?? []).flatMap((id) => rows.messages.get(id)?.value ?? []);
    const marks = [...(rows.marks.get(openid) ?? [])];
    const keys = [...rows.keys].filter(([name]) => name.startsWith(`user:${openid} `));

    function deleteEntries(): void {
      for (const { id, dueEntries = [] } of records) {
        for (const dueAtMs of dueEntries) index.remove(id, dueAtMs);
      }
    }

    /** Some at a time, each as it was listed. */
    function deleteMarks(): void {
      const set: Map<CountMark, string> = rows.marks.get(openid) ?? new Map();
      for (const [mark, life] of marks) if (set.get(mark) === life) set.delete(mark);
      for (const [name, bound] of keys) if (rows.keys.get(name) === bound) rows.keys.delete(name);
    }

    function deleteRecords(): void {
      for (const { id } of records) rows.messages.delete(id);
      rows.byUser.set(
        openid,
        (rows.byUser.get(openid) ?? []).filter((id) => rows.messages.has(id)),
      );
    }

    return {
      records,
      async erase() {
        await processes.call(process, 'delete entries', deleteEntries);
        await processes.call(process, 'delete marks', deleteMarks);
        await processes.call(process, 'delete records', deleteRecords);
      },
    };
  }

  return {
    listBelongings: (openid) => processes.call(process, 'list belongings', () => list(openid)),
    leaveAudiences: () => processes.call(process, 'leave audiences', () => undefined),
    shrinkLedger: (read, left, entries) =>
      processes.call(process, left ? 'shrink ledger' : 'delete ledger', () => shrink(read, left, entries)),
  };
}
