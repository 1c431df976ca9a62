import type { AudienceStore } from '../campaigns/runs/recipient-source.ts';
import type { Table } from './client.ts';
import { audiencePage } from './dynamodb-grant-store.ts';
import { getItems } from './items.ts';
import { ledgerKey } from './keys.ts';
import { toLedger } from './versioned.ts';

/** The audience of each template and the ledgers of those in it, many at a time. */
export function createAudienceStore(table: Table): AudienceStore {
  return {
    openids: (templateId, shard, limit, after) => audiencePage(table, templateId, shard, limit, after),

    async loadLedgers(openids) {
      const items = await getItems(
        table,
        openids.map((openid) => ledgerKey(table, openid)),
      );
      return new Map(
        items.map((item) => {
          const ledger = toLedger('', item);
          return [ledger.value.openid, ledger];
        }),
      );
    },
  };
}
