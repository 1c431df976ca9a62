import type { GrantStore, LedgerPage } from './grant-store.ts';
import type { Ledger } from './ledger.ts';

/** Reads what users granted. */
export interface GrantReader {
  /** The ledger of one user; empty for one of whom nothing is known. */
  ofUser(openid: string): Promise<Ledger>;
  /** The ledgers of the users who ever answered for a template, a page at a time. */
  ofTemplate(templateId: string, limit: number, after?: string): Promise<LedgerPage>;
}

/**
 * Reads ledgers as they stand once every send that has ended is accounted for.
 * `settled` closes an open claim whose message has ended, without writing anything.
 */
export function createGrantReader(
  store: Pick<GrantStore, 'loadLedger' | 'listByTemplate'>,
  settled: (ledger: Ledger) => Promise<Ledger>,
): GrantReader {
  return {
    ofUser: async (openid) => settled((await store.loadLedger(openid)).value),
    async ofTemplate(templateId, limit, after) {
      const page = await store.listByTemplate(templateId, limit, after);
      return { ...page, ledgers: await Promise.all(page.ledgers.map(settled)) };
    },
  };
}
