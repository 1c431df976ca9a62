import { openidOf } from '../messages/message-id.ts';
import { waitingBeside } from '../messages/waiting-messages.ts';
import type { DueMessage, TemplateUsers } from '../templates/template-users.ts';
import type { Table } from './client.ts';
import { dueMessageIds } from './dynamodb-due-index.ts';
import { getItems } from './items.ts';
import { ledgerKey, SHARDS } from './keys.ts';
import { toLedger } from './versioned-items.ts';

/**
 * The waiting messages of some templates that have entries in the due index, which is read from end to end. What is due within minutes
 * stands on the queue and not there.
 */
export function createDueMessages(table: Table): TemplateUsers['dueMessages'] {
  return async function* dueMessages(templateIds) {
    if (templateIds.length === 0) return;
    for (const shard of SHARDS) {
      const seen = new Set<string>();
      for await (const messageIds of dueMessageIds(table, shard, templateIds)) {
        const fresh = messageIds.filter((id) => !seen.has(id));
        for (const id of fresh) seen.add(id);
        yield* waitingAmong(table, new Set(fresh));
      }
    }
  };
}

/** An entry may have outlived its message, which counts for as long as it waits in its user's item. */
async function* waitingAmong(table: Table, messageIds: ReadonlySet<string>): AsyncGenerator<DueMessage> {
  const openids = new Set([...messageIds].flatMap((id) => openidOf(id) ?? []));
  const items = await getItems(
    table,
    [...openids].map((openid) => ledgerKey(table, openid)),
  );
  for (const item of items) {
    yield* waitingBeside(toLedger('', item).value).filter(({ id }) => messageIds.has(id));
  }
}
