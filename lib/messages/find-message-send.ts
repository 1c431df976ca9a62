import type { Clock } from '../clock.ts';
import type { Ledger } from '../grants/ledger.ts';
import type { Send } from '../sends/send.ts';
import { updated, type Versioned } from '../versioned.ts';
import type { Message } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { findWaiting, isOnlyWaiting } from './waiting-messages.ts';

type Records = Pick<MessageStore, 'loadRecord'>;

/** A message that is read after its user's item: its record, or else what waits there, of which the first record is an insert. */
export async function readMessage(
  store: Records,
  id: string,
  ledger: Ledger,
): Promise<Versioned<Message> | undefined> {
  const record = isOnlyWaiting(ledger, id) ? undefined : await store.loadRecord(id);
  const waiting = record ? undefined : findWaiting(ledger, id);
  return record ?? (waiting && { value: waiting, version: undefined });
}

/** The send of a message by its id. */
export async function findMessageSend(
  { store, clock }: { readonly store: Records & Pick<MessageStore, 'commit'>; readonly clock: Clock },
  id: string,
  ledger: Ledger,
): Promise<Send> {
  const found = await readMessage(store, id, ledger);
  return {
    id,
    record: found?.value,
    async write(change, closed) {
      const after = found && change(found.value);
      if (!after) return 'unchanged';
      const records = [updated(found, { ...after, updatedAtMs: clock() })];
      return store.commit({ ...(closed && { ledger: closed }), records });
    },
  };
}
