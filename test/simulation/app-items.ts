import type { Kernel } from './kernel.ts';
import type { Table } from './table.ts';
import type { TablePart } from './table-part.ts';

/** Where the items of one app are in the table, kind by kind: there where their keys say. */
export type AppItems = ReturnType<typeof itemsOf>;

/** The items that the kernel's keys take for those of an app. */
export function itemsOf(table: Table, kernel: Kernel, appId: string) {
  const app = { appId };
  const at = (pk: string): TablePart => table.at(pk);
  return {
    user: at(kernel.userPartition(app, '')),
    keys: at(kernel.idempotencyPartition(app, '')),
    audience: at(kernel.audiencePartition(app, '', 0)),
    runs: at(kernel.campaignPartition(app, '')),
    due: at(kernel.duePartition(app, 0)),
    token: at(kernel.accessTokenKey(app).pk),
    rateLimit: at(kernel.rateLimitKey(app).pk),
  };
}
