import type { RecipientEraser } from '../../lib/campaigns/erase-recipient.ts';
import { erasedOpenid } from '../../lib/campaigns/runs/batch.ts';
import type { Ledger } from '../../lib/grants/ledger.ts';
import { unpackPending } from '../../lib/grants/packed-pending-messages.ts';
import type { Message } from '../../lib/messages/message.ts';
import type { Belongings, UserEraser } from '../../lib/users/erase-user.ts';
import type { AppItems } from './app-items.ts';
import type { TablePart } from './table-part.ts';
import type { Caller } from './user-ports.ts';

/** Erases users, and remembers what went with them. */
export function createEraser(
  { user: table, keys: { rows: keyRows }, audience, due: { rows: dueRows } }: AppItems,
  { call, process }: Caller,
): UserEraser {
  const { rows } = table;

  function list(openid: string): Belongings {
    const records = (rows.byUser.get(openid) ?? []).flatMap((id) => rows.messages.get(id)?.value ?? []);
    const earlier = [...(rows.earlierMarks.get(openid)?.keys() ?? [])];
    const keys = [...keyRows.keys].filter(([name]) => name.startsWith(`user:${openid} `));

    function deleteEntries(): void {
      for (const { id, dueEntries = [] } of records)
        for (const dueAtMs of dueEntries) dueRows.due.remove(id, dueAtMs);
    }

    /** Each as it was listed: a key of the same name may have been bound since. */
    function deleteMarks(): void {
      for (const item of earlier) rows.earlierMarks.get(openid)?.delete(item);
      for (const [name, bound] of keys) if (keyRows.keys.get(name) === bound) keyRows.keys.delete(name);
    }

    function deleteRecords(): void {
      for (const { id } of records) rows.messages.delete(id);
      const left = (rows.byUser.get(openid) ?? []).filter((id) => rows.messages.has(id));
      rows.byUser.set(openid, left);
    }

    async function erase(): Promise<void> {
      await call('delete entries', deleteEntries);
      await call('delete marks', deleteMarks);
      await call('delete records', deleteRecords);
    }
    return { records, cards: 0, erase };
  }

  function remember(ledger: Ledger, left: Ledger | undefined): void {
    const staying = left ? unpackPending(left) : new Map<string, Message>();
    for (const id of unpackPending(ledger).keys()) if (!staying.has(id)) rows.erased.add(id);
  }

  return {
    listBelongings: (openid) => call('list belongings', () => list(openid)),
    leaveAudiences: (openid, templateIds) =>
      call('leave audiences', () => {
        for (const templateId of templateIds) audience.leave(templateId, openid);
      }),
    shrinkLedger({ value: { openid }, version }, left, entries) {
      const leftRow = left && table.rowOfLedger(left);
      return call(left ? 'shrink ledger' : 'delete ledger', () => {
        const row = rows.ledgers.get(openid);
        if (!row || row.version !== version) return 'conflict';
        remember(row.value, left);
        for (const { messageId, dueAtMs } of entries) dueRows.due.remove(messageId, dueAtMs);
        if (leftRow) {
          rows.ledgers.set(openid, leftRow);
          table.written({ ledger: leftRow.value });
        } else {
          for (const id of rows.byUser.get(openid) ?? []) rows.erased.add(id);
          rows.ledgers.delete(openid);
          table.deleted(openid, process);
        }
        return 'committed';
      });
    },
  };
}

/**
 * Takes users out of the batches of runs. The campaign is for those who granted, so that no list names them.
 */
export function createRecipientEraser(table: TablePart, { call }: Caller): RecipientEraser {
  return {
    eraseFromList: async () => ({ erased: 0 }),
    eraseFromBatch: (key, index, openid) =>
      call('erase from batch', () => {
        const batch = table.rows.shardOf(key).batches.get(key.start);
        if (batch?.recipients[index]?.openid !== openid) return;
        table.putBatch(key, {
          ...batch,
          recipients: batch.recipients.with(index, { openid: erasedOpenid(index) }),
        });
      }),
  };
}
